// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tacit {

/// An array of numbers of one or two dimensions as NumPy pickles it: type, order and bytes.
class PickledArray {
 public:
  enum class Order {
    rows,    ///< one row after the other (C)
    columns  ///< one column after the other (Fortran)
  };
  /// type: NumPy's letter and bytes, "f8", "i4", "u1", "b1". byte_order: "<", ">", "=" or "|".
  /// Throws DataError for other types and where the bytes are not as many as the shape says.
  PickledArray(const std::string& type, const std::string& byte_order, std::vector<int64_t> shape,
               Order order, std::shared_ptr<const std::string> bytes);

  int64_t rows() const { return shape_[0]; }
  int64_t columns() const { return shape_.size() < 2 ? 1 : shape_[1]; }
  /// Whether it holds whole numbers.
  bool is_whole() const { return kind_ != 'f'; }
  double at(int64_t row, int64_t column) const;

 private:
  char kind_;
  int64_t size_;  ///< bytes of an element
  bool is_swapped_;
  std::vector<int64_t> shape_;
  Order order_;
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace tacit
