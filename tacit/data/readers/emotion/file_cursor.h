// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/io/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace tacit {

/// The bytes of a file from the first to the last, of which a small part is in memory. All
/// functions throw DataError, with file and byte, where the file ends early.
class FileCursor {
 public:
  /// Throws DataError where the file cannot be read.
  explicit FileCursor(const std::filesystem::path& file);

  uint8_t byte() {
    if (next_ == buffer_.size()) refill();
    return static_cast<uint8_t>(buffer_[next_++]);
  }
  std::string take(uint64_t count);
  void skip(uint64_t count);
  /// A whole number of up to 8 bytes, the lowest first; its highest bit is no sign.
  uint64_t whole(int bytes);
  /// A float of 4 bytes, the lowest first.
  float real();

  /// Throws DataError that names file and place.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void refill();

  std::filesystem::path file_;
  std::shared_ptr<arrow::io::InputStream> bytes_;
  std::string buffer_;
  size_t next_ = 0;     ///< in the buffer
  int64_t passed_ = 0;  ///< bytes in front of the buffer
};

}  // namespace tacit
