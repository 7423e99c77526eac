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
file(GLOB headers CONFIGURE_DEPENDS include/mnc/*.h)
install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/mnc)
install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DATADIR}/mnc
    FILES_MATCHING PATTERN *.mnet PATTERN recipes/*.json)
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

# Man pages and completions are made of the tool's own table; mnet(5) by scdoc, where there is one.
set(texts ${CMAKE_CURRENT_BINARY_DIR}/texts)
find_program(SCDOC scdoc)
file(GLOB scripts CONFIGURE_DEPENDS cmake/table/*)
add_custom_command(OUTPUT ${texts}/tables
    COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/cmake/table/make.sh $<TARGET_FILE:mnc>
            ${CMAKE_CURRENT_SOURCE_DIR}/doc ${texts} ${PROJECT_VERSION} $<$<BOOL:${SCDOC}>:${SCDOC}>
    DEPENDS mnc doc/verbs.txt doc/mnet.5.scd ${scripts} VERBATIM)
add_custom_target(texts ALL DEPENDS ${texts}/tables)
install(DIRECTORY ${texts}/man1 ${texts}/man5 TYPE MAN)
install(FILES ${texts}/mnc DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
# zsh looks into site-functions of its own prefix; Debian's, in /usr, only where packages put theirs.
install(CODE "
    set(zsh site-functions)
    if(EXISTS /etc/debian_version AND CMAKE_INSTALL_PREFIX MATCHES \"^(/.*/_CPack_Packages/.*)?/usr$\")
        set(zsh vendor-completions)
    endif()
    file(INSTALL \"${texts}/_mnc\"
         DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${zsh}\")")
install(FILES ${texts}/mnc.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# The Debian package.  What the libraries need, dpkg-shlibdeps finds out; what it takes to link with
# the static ones, and the compiler that `mnc run` starts, only some want.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The mnc authors <mnc@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler of neural networks to C")
set(CPACK_PACKAGE_DESCRIPTION "Turns networks of the MobileNet family, from ONNX files or from its own
specs, into one C file each that needs no library.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gcc | clang")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "pkg-config, libprotobuf-c-dev, libxxhash-dev, libturbojpeg0-dev, \
libpng-dev, libjansson-dev, zlib1g-dev, mnc-mpi")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
include(CPack)
