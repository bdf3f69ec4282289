// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tacit {

/// An array in a NumPy file (.npy, format versions 1 to 3; numpy/lib/format.py), memory-mapped
/// read-only: elements come into memory as they are read. Accepted are little-endian floats of 4
/// and 8 bytes, signed and unsigned whole numbers of 1 to 8 bytes, truth values and texts (<U), in
/// C order, of up to 8 dimensions, with a header of up to 64 KiB and as many bytes as the shape
/// says. Throws DataError for all else, naming it.
class NpyArray {
 public:
  explicit NpyArray(const std::filesystem::path& file);

  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t size() const { return size_; }
  bool is_text() const { return kind_ == 'U'; }
  /// Whether elements are floats of 4 bytes.
  bool is_float32() const { return kind_ == 'f' && bytes_ == 4; }

  /// The element at a place in C order, as a number; for numbers only.
  double number(int64_t index) const;
  /// As a word: texts without the zeros at their end, in UTF-8; whole numbers in digits; floats
  /// that are whole like them. Throws DataError for other floats and for texts that are no Unicode.
  std::string word(int64_t index) const;

 private:
  std::filesystem::path file_;
  std::shared_ptr<const char> map_;
  const char* elements_ = nullptr;
  char kind_ = 'f';
  int64_t bytes_ = 4;  ///< of an element
  std::vector<int64_t> shape_;
  int64_t size_ = 0;
};

}  // namespace tacit
