# SPDX-License-Identifier: Apache-2.0
# libmncjit: ORC and this machine's target out of LLVM, for MNC_JIT.  Its static libraries, because
# libLLVM as a whole takes 12 ms to load, each time, and 110 MB; found by CMake, or left out.
if(NOT MNC_LLVM OR NOT MNC_RUNTIME)
    return()
endif()
find_package(LLVM CONFIG QUIET)
if(NOT LLVM_FOUND OR LLVM_VERSION_MAJOR LESS 14 OR NOT TARGET LLVMOrcJIT)
    message(STATUS "LLVM's development files were not found: without the JIT")
    return()
endif()
message(STATUS "With the JIT of LLVM ${LLVM_PACKAGE_VERSION}")

llvm_map_components_to_libnames(llvm orcjit native)
add_library(mncjit SHARED runtime/jit/llvm.c)
target_include_directories(mncjit PRIVATE runtime)
target_include_directories(mncjit SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(mncjit PRIVATE _GNU_SOURCE)
target_compile_options(mncjit PRIVATE ${MNC_WARNINGS})
# LLVM names libraries that only parts of it need, which are not in here.
target_link_libraries(mncjit PRIVATE -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed
    ${llvm} ${CMAKE_DL_LIBS} m)
set_target_properties(mncjit PROPERTIES LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR})
install(TARGETS mncjit LIBRARY NAMELINK_SKIP)
