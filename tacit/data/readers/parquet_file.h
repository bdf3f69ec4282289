// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/result.h>
#include <arrow/type_fwd.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace tacit {

/// Throws DataError: the file cannot be read as Parquet, in the words of its library.
[[noreturn]] void fail_parquet(const std::filesystem::path& file, std::string words);

/// What the library gave, or fail_parquet().
template <class T>
T checked_parquet(const std::filesystem::path& file, arrow::Result<T> result) {
  if (!result.ok()) fail_parquet(file, result.status().message());
  return std::move(result).ValueUnsafe();
}

/// Opens a file, to be read in one thread, `rows` at a time. Throws DataError; what is read from it
/// may also throw parquet::ParquetException.
std::unique_ptr<parquet::arrow::FileReader> open_parquet_file(const std::filesystem::path& file,
                                                              int64_t rows);

/// What columns it has. Throws like the above.
std::shared_ptr<arrow::Schema> schema_of(const std::filesystem::path& file,
                                         parquet::arrow::FileReader& reader);

}  // namespace tacit
