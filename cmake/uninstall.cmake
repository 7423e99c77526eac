# SPDX-License-Identifier: Apache-2.0
# Removes the files that the last install wrote, MANIFEST; with DESTDIR as it was set then.
if(NOT EXISTS ${MANIFEST})
    message(FATAL_ERROR "There is no ${MANIFEST}: nothing was installed from here.")
endif()
file(STRINGS ${MANIFEST} files)
foreach(f ${files})
    message(STATUS "Removing $ENV{DESTDIR}${f}")
    file(REMOVE "$ENV{DESTDIR}${f}")
endforeach()
