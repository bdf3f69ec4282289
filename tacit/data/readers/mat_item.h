// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// What a file of MATLAB has at a place.
struct MatItem {
  std::string name{};  ///< of the variable or field; of a cell mostly ""
  std::string
      type{};  ///< as MATLAB says: "double", "int16", "logical", "char", "cell", "struct", …
  std::vector<int64_t> shape{};       ///< two extents or more
  std::vector<std::string> fields{};  ///< of structures

  /// Elements.
  int64_t count() const;
  /// "2 x 3".
  std::string extents() const;
  /// "a cell array of 2 x 3".
  std::string words() const;
};

}  // namespace tacit
