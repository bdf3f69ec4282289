// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/file_cursor.h"

#include <arrow/io/interfaces.h>

#include <algorithm>
#include <bit>

#include "tacit/core/error.h"
#include "tacit/data/readers/bytes.h"

namespace tacit {
namespace {

constexpr size_t kPart = size_t{1} << 16;

}  // namespace

FileCursor::FileCursor(const std::filesystem::path& file) : file_(file), bytes_(open_bytes(file)) {}

void FileCursor::refill() {
  passed_ += static_cast<int64_t>(next_);
  next_ = 0;
  buffer_ = next_bytes(file_, *bytes_, kPart);
  if (buffer_.empty()) fail("the file ends early; it is cut");
}

std::string FileCursor::take(uint64_t count) {
  std::string taken;  // grows with what is there, whatever a damaged file says
  while (taken.size() < count) {
    if (next_ == buffer_.size()) refill();
    const size_t part = std::min<uint64_t>(count - taken.size(), buffer_.size() - next_);
    taken.append(buffer_, next_, part);
    next_ += part;
  }
  return taken;
}

void FileCursor::skip(uint64_t count) {
  while (count > 0) {
    if (next_ == buffer_.size()) refill();
    const size_t part = std::min<uint64_t>(count, buffer_.size() - next_);
    next_ += part;
    count -= part;
  }
}

uint64_t FileCursor::whole(int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value |= uint64_t{byte()} << 8 * i;
  return value;
}

float FileCursor::real() { return std::bit_cast<float>(static_cast<uint32_t>(whole(4))); }

void FileCursor::fail(std::string_view what) const {
  throw DataError(
      text("{}: byte {}: {}", file_.string(), passed_ + static_cast<int64_t>(next_), what));
}

}  // namespace tacit
