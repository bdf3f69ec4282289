// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_outline.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/data/readers/mat_bytes.h"

namespace tacit {
namespace {

constexpr int64_t kFileHeader = 128, kTag = 8;
constexpr uint32_t kMatrix = 14, kPacked = 15;  // part of the file format

/// Format 5 and 7.3 say what they are at the end of their header.
std::optional<MatOutline> outline_of_header(const std::string& header) {
  if (header.size() < kFileHeader) return std::nullopt;
  const std::string_view order = std::string_view(header).substr(126, 2);
  if (order != "IM" && order != "MI") return std::nullopt;
  MatOutline outline;
  outline.is_swapped = order == "MI";
  const std::string_view version = std::string_view(header).substr(124, 2);
  const char major = version[outline.is_swapped ? 0 : 1];
  if (version[outline.is_swapped ? 1 : 0] != 0 || (major != 1 && major != 2)) return std::nullopt;
  outline.format = major == 2 ? MatOutline::Format::hdf5 : MatOutline::Format::mat5;
  return outline;
}

void find_elements(const std::filesystem::path& file, int64_t size, MatOutline& outline) {
  MatBytes bytes(file, kFileHeader, size - kFileHeader, MatBytes::Kind::plain);
  for (int64_t at = kFileHeader; at < size;) {
    require<DataError>(size - at >= kTag, "{}: it ends early, within byte {}", file.string(), size);
    const std::string tag = bytes.take(kTag);
    const uint32_t type = uint32_at(tag, 0, outline.is_swapped);
    const int64_t length = uint32_at(tag, 4, outline.is_swapped);
    require<DataError>(type == kMatrix || type == kPacked,
                       "{}: at byte {} there is no variable; it is damaged", file.string(), at);
    at += kTag;
    require<DataError>(length <= size - at,
                       "{}: it ends early: a variable at byte {} needs {} bytes and {} are there",
                       file.string(), at, length, size - at);
    outline.elements.push_back({.begin = at,
                                .bytes = length,
                                .is_packed = type == kPacked,
                                .is_swapped = outline.is_swapped});
    bytes.skip(static_cast<uint64_t>(length));
    at += length;
  }
}

/// Bytes of the numbers behind a header of format 4: their type, rows, columns and whether there is
/// an imaginary part; nothing where it is no header.
std::optional<int64_t> bytes_of_mat4(const std::string& header) {
  constexpr uint32_t kMostType = 4052;  // far below any type with its bytes the other way round
  const bool is_swapped = uint32_at(header, 0, false) > kMostType;
  const auto field = [&](size_t i) { return uint32_at(header, 4 * i, is_swapped); };
  constexpr int64_t kBytes[] = {8, 4, 4, 2, 2, 1};
  const uint32_t type = field(0), kind = type / 10 % 10;
  if (type >= 2000 || type / 100 % 10 != 0 || kind >= std::size(kBytes) || type % 10 > 2)
    return std::nullopt;
  if (field(1) > INT32_MAX || field(2) > INT32_MAX || field(3) > 1 || field(4) < 1 ||
      field(4) > 4096)
    return std::nullopt;
  const int64_t numbers = int64_t{field(1)} * field(2);
  if (numbers > INT64_MAX / 32) return std::nullopt;
  return numbers * kBytes[kind] * (1 + field(3)) + field(4);
}

void check_mat4(const std::filesystem::path& file, int64_t size) {
  constexpr int64_t kHeader = 20;
  MatBytes bytes(file, 0, size, MatBytes::Kind::plain);
  for (int64_t at = 0; at < size;) {
    const std::string header =
        bytes.take(std::min<uint64_t>(kHeader, static_cast<uint64_t>(size - at)));
    const auto length = header.size() == kHeader ? bytes_of_mat4(header) : std::optional<int64_t>();
    require<DataError>(length.has_value(),
                       at == 0 ? "{}: it is no file of MATLAB"
                               : "{}: it ends early or is damaged: at byte {} there is no variable",
                       file.string(), at);
    at += kHeader;
    require<DataError>(*length <= size - at,
                       "{}: it ends early: a variable at byte {} needs {} bytes and {} are there",
                       file.string(), at, *length, size - at);
    bytes.skip(static_cast<uint64_t>(*length));
    at += *length;
  }
}

}  // namespace

MatOutline mat_outline(const std::filesystem::path& file) {
  const int64_t size = size_of_file(file);
  require<DataError>(size > 0, "{}: it is empty", file.string());
  const auto first = static_cast<uint64_t>(std::min(size, kFileHeader));
  auto outline = outline_of_header(MatBytes(file, 0, size, MatBytes::Kind::plain).take(first));
  if (!outline) {
    check_mat4(file, size);
    return {.format = MatOutline::Format::mat4};
  }
  if (outline->format == MatOutline::Format::mat5) find_elements(file, size, *outline);
  return *outline;
}

}  // namespace tacit
