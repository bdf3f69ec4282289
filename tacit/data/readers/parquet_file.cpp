// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/parquet_file.h"

#include <arrow/io/file.h>
#include <arrow/memory_pool.h>
#include <arrow/type.h>

#include "tacit/core/error.h"

namespace tacit {

void fail_parquet(const std::filesystem::path& file, std::string words) {
  for (char& letter : words)
    if (letter == '\n') letter = ' ';
  throw DataError(text("{}: cannot be read as Parquet: {}", file.string(), words));
}

std::unique_ptr<parquet::arrow::FileReader> open_parquet_file(const std::filesystem::path& file,
                                                              int64_t rows) {
  const auto bytes = checked_parquet(file, arrow::io::ReadableFile::Open(file.string()));
  // Arrow's own pool would keep what it once had; see give_back_freed_memory().
  auto reader = checked_parquet(file, parquet::arrow::OpenFile(bytes, arrow::system_memory_pool()));
  reader->set_use_threads(false);
  reader->set_batch_size(rows);
  return reader;
}

std::shared_ptr<arrow::Schema> schema_of(const std::filesystem::path& file,
                                         parquet::arrow::FileReader& reader) {
  std::shared_ptr<arrow::Schema> schema;
  if (const auto status = reader.GetSchema(&schema); !status.ok())
    fail_parquet(file, status.message());
  return schema;
}

}  // namespace tacit
