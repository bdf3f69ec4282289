// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/io/type_fwd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tacit {

/// The bytes of a file, unpacked where its name ends in .gz. Throws DataError naming the file.
std::shared_ptr<arrow::io::InputStream> open_bytes(const std::filesystem::path& file);

/// The next 1 … `most` bytes, "" at the end. Throws DataError naming the `file` that `bytes` come
/// from, also when what is packed ends early.
std::string next_bytes(const std::filesystem::path& file, arrow::io::InputStream& bytes,
                       size_t most);

/// The lines of a text file, from the first to the last, of which at most a few megabytes are in
/// memory.
class TextLines {
 public:
  /// Throws DataError like open_bytes().
  explicit TextLines(const std::filesystem::path& file);

  /// The next line that holds more than blanks, without its end, until the next call; nothing at
  /// the end of the file. A byte order mark (UTF-8) above the first is left out. Throws DataError
  /// for a line over a megabyte, and like next_bytes().
  std::optional<std::string_view> next();

  /// As people count, of the last line that next() gave.
  int64_t number() const { return number_; }

 private:
  std::optional<std::string_view> any_line();

  std::filesystem::path file_;
  std::shared_ptr<arrow::io::InputStream> bytes_;
  std::string buffer_;
  size_t begin_ = 0;  // of the next line
  bool ended_ = false;
  int64_t number_ = 0;
};

}  // namespace tacit
