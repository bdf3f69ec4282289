// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <string>

namespace tacit {

/// The bytes of a .gz file that holds `content`.
inline std::string packed(const std::string& content) {
  const auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP).ValueOrDie();
  const auto size = static_cast<int64_t>(content.size());
  const auto* const from = reinterpret_cast<const uint8_t*>(content.data());
  std::string out(static_cast<size_t>(codec->MaxCompressedLen(size, from)), '\0');
  const int64_t used = codec
                           ->Compress(size, from, static_cast<int64_t>(out.size()),
                                      reinterpret_cast<uint8_t*>(out.data()))
                           .ValueOrDie();
  out.resize(static_cast<size_t>(used));
  return out;
}

}  // namespace tacit
