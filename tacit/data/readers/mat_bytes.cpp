// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_bytes.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/result.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr uint64_t kPart = uint64_t{1} << 16;

/// What `result` holds, or Arrow's words with the file as one sentence.
template <class T>
T value_of(const std::filesystem::path& file, arrow::Result<T> result) {
  if (result.ok()) return std::move(result).ValueUnsafe();
  std::string words = result.status().message();
  std::ranges::replace(words, '\n', ' ');
  throw DataError(text("{}: {}", file.string(), words));
}

}  // namespace

MatBytes::MatBytes(const std::filesystem::path& file, int64_t begin, int64_t size, Kind kind)
    : file_(file), at_(begin), end_(begin + size) {
  plain_ = value_of(file, arrow::io::ReadableFile::Open(file.string()));
  if (kind == Kind::plain) return;
  arrow::util::GZipCodecOptions options;
  options.gzip_format = arrow::util::GZipFormat::ZLIB;
  const auto codec = value_of(file, arrow::util::Codec::Create(arrow::Compression::GZIP, options));
  const auto part = value_of(file, arrow::io::RandomAccessFile::GetStream(plain_, begin, size));
  packed_ = value_of(file, arrow::io::CompressedInputStream::Make(codec.get(), part));
}

std::string MatBytes::read(uint64_t count) {
  std::shared_ptr<arrow::Buffer> part;
  if (packed_) {
    part = value_of(file_, packed_->Read(static_cast<int64_t>(count)));
  } else {
    const auto there = std::min<uint64_t>(count, static_cast<uint64_t>(end_ - at_));
    part = value_of(file_, plain_->ReadAt(at_, static_cast<int64_t>(there)));
    at_ += part->size();
  }
  return std::string(std::string_view(*part));
}

std::string MatBytes::take(uint64_t count) {
  std::string taken;
  while (taken.size() < count) {
    const std::string part = read(std::min(kPart, count - taken.size()));
    require<DataError>(!part.empty(), "{}: a variable in it ends early", file_.string());
    taken += part;
  }
  return taken;
}

void MatBytes::skip(uint64_t count) {
  if (!packed_) {
    require<DataError>(count <= static_cast<uint64_t>(end_ - at_),
                       "{}: a variable in it ends early", file_.string());
    at_ += static_cast<int64_t>(count);
    return;
  }
  for (uint64_t part = 0; count > 0; count -= part) {
    part = std::min(kPart, count);
    take(part);
  }
}

void MatBytes::finish() {
  while (packed_ && !read(kPart).empty()) continue;
}

int64_t size_of_file(const std::filesystem::path& file) {
  std::error_code failed;
  require<DataError>(std::filesystem::is_regular_file(file, failed) && !failed,
                     "{}: there is no such file", file.string());
  const auto size = std::filesystem::file_size(file, failed);
  require<DataError>(!failed, "{}: {}", file.string(), failed.message());
  return static_cast<int64_t>(size);
}

}  // namespace tacit
