// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/io/interfaces.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace tacit {

/// A stretch of a file read from its begin to its end, as it stands or packed by zlib.
class MatBytes {
 public:
  enum class Kind { plain, packed };
  /// Bytes `begin` to begin + size of the file. Throws DataError where it cannot be read.
  MatBytes(const std::filesystem::path& file, int64_t begin, int64_t size, Kind kind);

  /// The next ones. Throws DataError where there are fewer, or where what is packed is damaged.
  std::string take(uint64_t count);
  void skip(uint64_t count);
  /// Reads what is packed to its end. Throws DataError where it or its checksum is damaged.
  void finish();

 private:
  std::string read(uint64_t count);

  std::filesystem::path file_;
  std::shared_ptr<arrow::io::RandomAccessFile> plain_;
  std::shared_ptr<arrow::io::InputStream> packed_;  ///< none where bytes are taken as they stand
  int64_t at_ = 0, end_ = 0;
};

/// The size of a regular file. Throws DataError where there is none.
int64_t size_of_file(const std::filesystem::path& file);

}  // namespace tacit
