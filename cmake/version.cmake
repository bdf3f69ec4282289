# SPDX-License-Identifier: Apache-2.0
# generated/tacit/version.h: the version and the commit, for manifests and reports. Looked up at
# configure time.
execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE TACIT_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT TACIT_COMMIT)
  set(TACIT_COMMIT unknown)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/version.h.in ${PROJECT_BINARY_DIR}/generated/tacit/version.h)
