// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/bytes.h"

#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>

#include <algorithm>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr size_t kLongestLine = size_t{1} << 20;
constexpr size_t kChunk = size_t{1} << 20;

template <class T>
T checked(const std::filesystem::path& file, arrow::Result<T> result) {
  if (result.ok()) return std::move(result).ValueUnsafe();
  std::string words = result.status().message();
  std::ranges::replace(words, '\n', ' ');
  throw DataError(text("{}: {}", file.string(), words));
}

}  // namespace

std::shared_ptr<arrow::io::InputStream> open_bytes(const std::filesystem::path& file) {
  const auto plain = checked(file, arrow::io::ReadableFile::Open(file.string()));
  if (file.extension() != ".gz") return plain;
  const auto codec = checked(file, arrow::util::Codec::Create(arrow::Compression::GZIP));
  return checked(file, arrow::io::CompressedInputStream::Make(codec.get(), plain));
}

std::string next_bytes(const std::filesystem::path& file, arrow::io::InputStream& bytes,
                       size_t most) {
  const auto part = checked(file, bytes.Read(static_cast<int64_t>(most)));
  return std::string(std::string_view(*part));
}

TextLines::TextLines(const std::filesystem::path& file) : file_(file), bytes_(open_bytes(file)) {}

std::optional<std::string_view> TextLines::next() {
  while (const auto line = any_line())
    if (line->find_first_not_of(" \t\r") != std::string_view::npos) return line;
  return std::nullopt;
}

std::optional<std::string_view> TextLines::any_line() {
  size_t end = buffer_.find('\n', begin_);
  while (end == std::string::npos && !ended_ && buffer_.size() - begin_ <= kLongestLine) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const size_t seen = buffer_.size();
    buffer_ += next_bytes(file_, *bytes_, kChunk);
    ended_ = buffer_.size() == seen;
    end = buffer_.find('\n', seen);
  }
  if (begin_ == buffer_.size()) return std::nullopt;
  std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  ++number_;
  require<DataError>(line.size() <= kLongestLine, "{}: line {} is longer than a megabyte",
                     file_.string(), number_);
  begin_ = std::min(begin_ + line.size() + 1, buffer_.size());
  if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

}  // namespace tacit
