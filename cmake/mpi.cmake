# SPDX-License-Identifier: Apache-2.0
# libmncmpi: ranks on MPI, for `mpirun mnc train` and `mpirun mnc tune`.  A library of its own, so that
# mnc starts without MPI's where it was not asked for; found by CMake, or left out.
if(NOT MNC_MPI OR NOT MNC_RUNTIME)
    return()
endif()
find_package(MPI QUIET COMPONENTS C)
if(NOT MPI_C_FOUND)
    message(STATUS "MPI's development files were not found: each process for itself")
    return()
endif()
message(STATUS "With MPI ${MPI_C_VERSION}")

add_library(mncmpi SHARED runtime/mpi/mpi.c)
target_include_directories(mncmpi PRIVATE include compiler runtime)
target_compile_definitions(mncmpi PRIVATE _GNU_SOURCE)
target_compile_options(mncmpi PRIVATE ${MNC_WARNINGS})
target_link_libraries(mncmpi PRIVATE MPI::MPI_C)
set_target_properties(mncmpi PROPERTIES VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR})
install(TARGETS mncmpi LIBRARY NAMELINK_SKIP COMPONENT mpi)

# A Debian package of its own: mnc's must not ask for MPI.
set(CPACK_COMPONENTS_ALL Unspecified mpi)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_UNSPECIFIED_PACKAGE_NAME mnc)
set(CPACK_DEBIAN_MPI_PACKAGE_NAME mnc-mpi)
set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "mnc (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_MPI_PACKAGE_RECOMMENDS openmpi-bin)
set(CPACK_DEBIAN_MPI_PACKAGE_SUGGESTS "")
set(CPACK_COMPONENT_MPI_DESCRIPTION "compiler of neural networks to C, on several processes by MPI")
