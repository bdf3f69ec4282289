// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <vector>

#include "tacit/data/readers/mat_element.h"

namespace tacit {

/// What stands where in a file of MATLAB.
struct MatOutline {
  enum class Format { mat4, mat5, hdf5 };
  Format format = Format::mat5;
  bool is_swapped = false;             ///< stored with the other order of bytes
  std::vector<MatElement> elements{};  ///< of mat5 only
};

/// Looks through a file from variable to variable, because matio gives what happens to be in memory
/// where a file ends early. Throws DataError where the variables of format 4 or 5 do not fill the
/// file exactly; hdf5 (7.3) is left to its library, which refuses what is cut.
/// MathWorks, MAT-File Format, R2019b.
MatOutline mat_outline(const std::filesystem::path& file);

}  // namespace tacit
