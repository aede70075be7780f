# SPDX-License-Identifier: BSD-2-Clause
# CPack runs this where every component is staged and nothing packed yet.
set(work ${CPACK_TOPLEVEL_DIRECTORY}/finish)
file(REMOVE_RECURSE ${work})

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  execute_process(COMMAND ${CPACK_MAPSNAP_FINISH} ${CPACK_TEMPORARY_DIRECTORY}/${component} ${package}
      ${CPACK_PACKAGE_VERSION} ${CPACK_MAPSNAP_${upper}_VERSION_SCRIPT}
    WORKING_DIRECTORY ${CPACK_TOPLEVEL_DIRECTORY}
    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND found ${CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS})
  list(JOIN found ", " CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS)
  file(GLOB CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA ${work}/debian/${package}/DEBIAN/*
    ${CPACK_MAPSNAP_SCRIPTS}/${package}/*)
endforeach()
