// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/file_bytes.h"

#include <arrow/io/interfaces.h>

#include <system_error>

#include "tacit/core/error.h"
#include "tacit/data/readers/bytes.h"

namespace tacit {
namespace {

constexpr size_t kPart = size_t{1} << 20;

}  // namespace

std::string bytes_of_file(const std::filesystem::path& file, size_t limit) {
  const auto require_fits = [&](size_t bytes) {
    require<DataError>(bytes <= limit, "{}: it holds more than {} bytes, the most that are read",
                       file.string(), limit);
  };
  const auto stream = open_bytes(file);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(file, unknown);
  const bool is_packed = file.extension() == ".gz";
  require<DataError>(unknown || !is_packed || size > 0,
                     "{}: it is empty, and nothing is packed like that", file.string());
  std::string bytes;
  if (!unknown && !is_packed) {
    require_fits(size);
    bytes.reserve(size);
  }
  while (true) {
    const std::string part = next_bytes(file, *stream, kPart);
    if (part.empty()) return bytes;
    require_fits(bytes.size() + part.size());
    bytes += part;
  }
}

}  // namespace tacit
