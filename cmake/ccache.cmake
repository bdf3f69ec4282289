# SPDX-License-Identifier: Apache-2.0
# Compile through ccache where there is one, unless the caller chose a launcher. Include before any
# target is made.
find_program(TACIT_CCACHE ccache DOC "ccache, used when found")
if(TACIT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What ccache needs to be told to serve files that use a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${TACIT_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()
