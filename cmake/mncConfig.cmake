# SPDX-License-Identifier: Apache-2.0
# find_package(mnc): the libraries mnc::mnc and mnc::mncrt, the same as mnc::mnc_static and
# mnc::mncrt_static, the tool mnc::tool, and
#
#   mnc_add_model(TARGET MODEL [PREFIX name] [OPTIONS option...] [DEPENDS file...])
#
# which makes a library TARGET of a model: at build time, and again when the model, a file of DEPENDS
# (data beside the model) or the tool changes.  Who links to it includes "PREFIX.h"; PREFIX is
# TARGET's name as a C identifier where none is given.  OPTIONS are those of mnc compile.  With
# --weights=file the file of weights is the target's property MNC_WEIGHTS.
include(${CMAKE_CURRENT_LIST_DIR}/mncTargets.cmake)

function(mnc_add_model target model)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" PREFIX "OPTIONS;DEPENDS")
    if(DEFINED arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "mnc_add_model(${target}): unknown: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT CMAKE_C_COMPILER)
        message(FATAL_ERROR "mnc_add_model(${target}) makes C: add C to project(... LANGUAGES)")
    endif()
    if(NOT DEFINED arg_PREFIX)
        string(MAKE_C_IDENTIFIER ${target} arg_PREFIX)
    endif()
    get_filename_component(model ${model} ABSOLUTE)
    get_filename_component(folder ${model} DIRECTORY)
    list(TRANSFORM arg_DEPENDS REPLACE "^([^/].*)$" "${CMAKE_CURRENT_SOURCE_DIR}/\\1")

    # A folder for each target: two targets may have the same prefix in different programs.
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/mnc/${target})
    set(base ${dir}/${arg_PREFIX})
    set(made ${base}.c ${base}.h)
    if(arg_OPTIONS MATCHES "--weights=file")
        list(APPEND made ${base}.weights)
    endif()
    file(MAKE_DIRECTORY ${dir})
    add_custom_command(OUTPUT ${made}
        COMMAND mnc::tool compile ${model} -o ${base}.c --prefix=${arg_PREFIX} ${arg_OPTIONS}
        DEPENDS ${model} ${arg_DEPENDS} mnc::tool WORKING_DIRECTORY ${folder}
        COMMENT "Compiling ${model} to C" VERBATIM)
    add_library(${target} STATIC ${made})
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON
        MNC_WEIGHTS ${base}.weights)
    target_include_directories(${target} PUBLIC ${dir})
    # A net without optimisation takes a hundred times as long, which no debugging needs.
    target_compile_options(${target} PRIVATE $<$<C_COMPILER_ID:GNU,Clang,AppleClang>:-O3>)
    if(UNIX)
        target_link_libraries(${target} PUBLIC m)
    endif()
    if(arg_OPTIONS MATCHES "--threads")
        find_package(Threads REQUIRED)
        target_link_libraries(${target} PUBLIC Threads::Threads)
    endif()
endfunction()
