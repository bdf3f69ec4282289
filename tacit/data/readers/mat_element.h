// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tacit {

/// Where a variable stands in a file of MATLAB 5 to 7.2.
struct MatElement {
  int64_t begin = 0;  ///< behind its tag
  int64_t bytes = 0;
  bool is_packed = false;   ///< by zlib
  bool is_swapped = false;  ///< stored with the other order of bytes
};

/// How much of a variable is looked at.
enum class MatDepth {
  header,  ///< type, shape and name; of cells, structures and functions all
  whole
};

/// What is known of a variable that was looked at.
struct MatChecked {
  std::string name{};
  bool is_whole = false;  ///< all of it was looked at
};

/// The variable's name, after the sizes in it were found to fit into each other and, where all of
/// it is packed and looked at, its checksum to be right. Throws DataError where they are not, and
/// for cells and structures more than 32 deep.
/// MathWorks, MAT-File Format, R2019b.
MatChecked check_mat_element(const std::filesystem::path& file, const MatElement& element,
                             MatDepth depth);

/// The whole number of 32 bits that begins with byte `at`.
uint32_t uint32_at(std::string_view bytes, size_t at, bool is_swapped);

}  // namespace tacit
