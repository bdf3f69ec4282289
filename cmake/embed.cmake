# SPDX-License-Identifier: Apache-2.0
# tacit_embed(target symbol file): the file's bytes as `tacit::embedded::symbol`, a std::string_view
# declared in "tacit/embedded/symbol.h". Made at configure time, because a custom command would only
# be seen by targets of the folder that calls; a changed file configures again by itself.
function(tacit_embed target symbol file)
  get_filename_component(file ${file} ABSOLUTE)
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" size)
  math(EXPR size "${size} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  set(folder ${PROJECT_BINARY_DIR}/generated/tacit/embedded)
  set(opening "// SPDX-License-Identifier: Apache-2.0\n// Generated.\n")
  file(CONFIGURE OUTPUT ${folder}/${symbol}.h @ONLY CONTENT
    "${opening}#pragma once\n#include <string_view>\n
namespace tacit::embedded {\nextern const std::string_view ${symbol};\n}\n")
  # CONFIGURE leaves an unchanged file alone, so nothing is compiled again without need.
  file(CONFIGURE OUTPUT ${folder}/${symbol}.cpp @ONLY CONTENT
    "${opening}#include \"tacit/embedded/${symbol}.h\"\n
namespace tacit::embedded {\nconst std::string_view ${symbol}{\"${bytes}\", ${size}};\n}\n")
  target_sources(${target} PRIVATE ${folder}/${symbol}.cpp)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
endfunction()
