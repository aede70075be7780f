# SPDX-License-Identifier: BSD-2-Clause
# A toolchain file: this machine's compiler with the flags that Debian builds its packages with.
find_program(MAPSNAP_DPKG_BUILDFLAGS dpkg-buildflags)
if(NOT MAPSNAP_DPKG_BUILDFLAGS)
  message(FATAL_ERROR "Debian's flags come from dpkg-buildflags: apt-get install dpkg-dev")
endif()

# In the root of the tree, whose name is then kept out of what is built.
foreach(kind CFLAGS CPPFLAGS LDFLAGS)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env DEB_BUILD_MAINT_OPTIONS=hardening=+all
      ${MAPSNAP_DPKG_BUILDFLAGS} --get ${kind}
    WORKING_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/..
    OUTPUT_VARIABLE ${kind} OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endforeach()
set(CMAKE_C_FLAGS_INIT "${CFLAGS} ${CPPFLAGS}")
foreach(kind EXE SHARED)
  set(CMAKE_${kind}_LINKER_FLAGS_INIT "${LDFLAGS}")
endforeach()
