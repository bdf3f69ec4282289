// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <arrow/buffer.h>
#include <arrow/io/compressed.h>
#include <arrow/io/memory.h>
#include <arrow/util/compression.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// As zlib packs it.
inline std::string zlib_packed(const std::string& content) {
  arrow::util::GZipCodecOptions options;
  options.gzip_format = arrow::util::GZipFormat::ZLIB;
  const auto codec = arrow::util::Codec::Create(arrow::Compression::GZIP, options).ValueOrDie();
  const auto plain = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto stream = arrow::io::CompressedOutputStream::Make(codec.get(), plain).ValueOrDie();
  EXPECT_TRUE(stream->Write(content.data(), static_cast<int64_t>(content.size())).ok());
  EXPECT_TRUE(stream->Close().ok());
  return std::string(std::string_view(*plain->Finish().ValueOrDie()));
}

/// Writes parts of files of MATLAB 5 and 4 by hand, so that they can be wrong.
struct MatWriter {
  bool is_swapped = false;

  std::string number(uint32_t value) const {
    std::string out;
    for (int byte = 0; byte < 4; ++byte)
      out += static_cast<char>(value >> (is_swapped ? 24 - 8 * byte : 8 * byte) & 255);
    return out;
  }
  std::string numbers(const std::vector<uint32_t>& values) const {
    std::string out;
    for (const uint32_t value : values) out += number(value);
    return out;
  }
  /// A tag, and its content up to the next multiple of 8 bytes.
  std::string element(uint32_t type, const std::string& content) const {
    std::string out = number(type) + number(static_cast<uint32_t>(content.size())) + content;
    out.resize((out.size() + 7) / 8 * 8, '\0');
    return out;
  }
  /// Content of up to four bytes in the tag itself.
  std::string small(uint32_t type, const std::string& content) const {
    std::string out = number(static_cast<uint32_t>(content.size()) << 16 | type) + content;
    out.resize(8, '\0');
    return out;
  }
  /// Flags, shape and name of an array of a class.
  std::string heading(uint32_t kind, const std::vector<uint32_t>& shape,
                      const std::string& name) const {
    return element(6, numbers({kind, 0})) + element(5, numbers(shape)) + element(1, name);
  }
  std::string array(uint32_t kind, const std::vector<uint32_t>& shape, const std::string& name,
                    const std::string& content) const {
    return element(14, heading(kind, shape, name) + content);
  }
  /// The first 128 bytes of a file.
  std::string header(char version = 1) const {
    std::string out(124, ' ');
    out += is_swapped ? std::string{version, '\0'} + "MI" : std::string{'\0', version} + "IM";
    return out;
  }
};

}  // namespace tacit
