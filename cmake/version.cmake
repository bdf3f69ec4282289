# SPDX-License-Identifier: Apache-2.0
# generated/tacit/version.h: the version and the commit, for manifests and reports. Included by the
# configuration and run again by every build (target tacit_version); written only where it changed.
if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} describe --always --dirty --abbrev=12
    OUTPUT_VARIABLE TACIT_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT TACIT_COMMIT)
    set(TACIT_COMMIT unknown)
  endif()
  configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in ${TACIT_VERSION_HEADER})
else()
  set(TACIT_VERSION_HEADER ${PROJECT_BINARY_DIR}/generated/tacit/version.h)
  add_custom_target(tacit_version COMMAND ${CMAKE_COMMAND} -D PROJECT_SOURCE_DIR=${PROJECT_SOURCE_DIR}
    -D PROJECT_VERSION=${PROJECT_VERSION} -D TACIT_VERSION_HEADER=${TACIT_VERSION_HEADER}
    -P ${CMAKE_CURRENT_LIST_FILE} BYPRODUCTS ${TACIT_VERSION_HEADER} VERBATIM)
endif()
