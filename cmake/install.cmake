# SPDX-License-Identifier: Apache-2.0
# What is installed: the tool, libmnc (compiles) and libmncrt (loads and runs), shared and static,
# headers, mnc.pc, mncConfig.cmake, man pages, completions, licences.  Of the objects that exist
# anyway: nothing is compiled twice.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# shared_and_static(NAME FROM [LIB ...]): the objects of the internal library FROM, and those of the
# compiler that they need, as two libraries in which only the functions of include/mnc are visible.
# LIB: what the static one needs to be linked with.
#
# A static library would show the names of all its objects to who links it.  So it is one object,
# linked beforehand, in which hidden names have become local.
function(shared_and_static name from)
    add_library(lib${name} SHARED $<TARGET_OBJECTS:${from}>)
    target_link_libraries(lib${name} PRIVATE ${from} -Wl,--exclude-libs,ALL)
    set_target_properties(lib${name} PROPERTIES OUTPUT_NAME ${name} EXPORT_NAME ${name}
        LINKER_LANGUAGE C VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})

    set(one ${CMAKE_CURRENT_BINARY_DIR}/${name}_one.o)
    add_custom_command(OUTPUT ${one}
        COMMAND ${CMAKE_LINKER} -r -o ${one} --whole-archive $<TARGET_FILE:${from}>
                --no-whole-archive $<TARGET_FILE:mnc_compiler>
        COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${one}
        DEPENDS ${from} mnc_compiler VERBATIM)
    add_library(${name}_static STATIC ${one})
    set_source_files_properties(${one} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    set_target_properties(${name}_static PROPERTIES OUTPUT_NAME ${name} LINKER_LANGUAGE C)
    target_link_libraries(${name}_static INTERFACE ${ARGN})
    foreach(target lib${name} ${name}_static)
        target_include_directories(${target} INTERFACE
            $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    endforeach()
    install(TARGETS lib${name} ${name}_static EXPORT mncTargets)
endfunction()

set(MNC_LIBS protobuf-c xxhash m)
set(MNCRT_LIBS protobuf-c turbojpeg png jansson z pthread dl m)
shared_and_static(mnc mnc_compiler ${MNC_LIBS})
shared_and_static(mncrt mnc_runtime ${MNCRT_LIBS})
set_target_properties(mnc PROPERTIES EXPORT_NAME tool)
install(TARGETS mnc EXPORT mncTargets)
install(DIRECTORY include/mnc TYPE INCLUDE FILES_MATCHING PATTERN *.h)
install(FILES README.md CHANGELOG.md LICENSES/Apache-2.0.txt LICENSES/0BSD.txt TYPE DOC)

# For pkg-config, and for find_package(mnc).
list(TRANSFORM MNC_LIBS PREPEND -l OUTPUT_VARIABLE MNC_PRIVATE)
list(TRANSFORM MNCRT_LIBS PREPEND -l OUTPUT_VARIABLE MNCRT_PRIVATE)
list(APPEND MNC_PRIVATE ${MNCRT_PRIVATE})
list(REMOVE_DUPLICATES MNC_PRIVATE)
list(JOIN MNC_PRIVATE " " MNC_PRIVATE)
file(RELATIVE_PATH MNC_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/mnc.pc.in mnc.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mnc.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(MNC_CMAKE ${CMAKE_INSTALL_LIBDIR}/cmake/mnc)
write_basic_package_version_file(mncConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/mncConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/mncConfigVersion.cmake
        DESTINATION ${MNC_CMAKE})
install(EXPORT mncTargets NAMESPACE mnc:: DESTINATION ${MNC_CMAKE})

add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -D MANIFEST=${CMAKE_CURRENT_BINARY_DIR}/install_manifest.txt
            -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/uninstall.cmake VERBATIM)
