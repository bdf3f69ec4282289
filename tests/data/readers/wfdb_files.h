// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tacit {

/// The lowest `count` bytes of `value`, the lowest first.
inline std::string little_endian(uint64_t value, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

/// Three samples of 10 bits in four bytes, as formats 310 and 311 pack them.
inline std::string three_in_four(int format, uint64_t a, uint64_t b, uint64_t c) {
  a &= 1023, b &= 1023, c &= 1023;
  if (format == 311) return little_endian(a | b << 10 | c << 20, 4);
  return little_endian(a << 1 | (c & 31) << 11, 2) + little_endian(b << 1 | (c >> 5) << 11, 2);
}

/// Two samples of 12 bits in three bytes, as format 212 packs them.
inline std::string two_in_three(uint64_t a, uint64_t b) {
  a &= 4095, b &= 4095;
  return little_endian(a & 255, 1) + little_endian(a >> 8 | (b >> 8) << 4, 1) +
         little_endian(b & 255, 1);
}

/// A signal file of samples in the order in which it holds them; format 8: of their differences.
/// Samples that do not fill a block are followed by as few bytes as they need.
inline std::string wfdb_bytes_of(int format, const std::vector<int64_t>& samples) {
  std::string out;
  const auto at = [&](size_t i) {
    return i < samples.size() ? static_cast<uint64_t>(samples[i]) : 0;
  };
  const size_t block = format == 212 ? 2 : format == 310 || format == 311 ? 3 : 1;
  for (size_t i = 0; i < samples.size(); i += block) {
    switch (format) {
      case 8: out += little_endian(at(i), 1); break;
      case 16: out += little_endian(at(i), 2); break;
      case 24: out += little_endian(at(i), 3); break;
      case 32: out += little_endian(at(i), 4); break;
      case 61: out += little_endian(at(i) >> 8, 1) + little_endian(at(i), 1); break;
      case 80: out += little_endian(at(i) + 128, 1); break;
      case 160: out += little_endian(at(i) + 32768, 2); break;
      case 212: out += two_in_three(at(i), at(i + 1)); break;
      default: out += three_in_four(format, at(i), at(i + 1), at(i + 2));
    }
  }
  const size_t rest = samples.size() % block;
  if (format == 212 && rest == 1) out.resize(out.size() - 1);
  if (block == 3 && rest == 1) out.resize(out.size() - 2);
  if (format == 311 && rest == 2) out.resize(out.size() - 1);
  return out;
}

/// The bits of a sample of a format, 0 of format 8.
inline int wfdb_bits_of(int format) {
  switch (format) {
    case 8: return 0;
    case 24: return 24;
    case 32: return 32;
    case 80: return 8;
    case 212: return 12;
    case 310:
    case 311: return 10;
    default: return 16;
  }
}

/// A word of an annotation file.
inline std::string annotation_word(int type, uint64_t rest) {
  return little_endian(static_cast<uint64_t>(type) << 10 | rest, 2);
}

/// An annotation with a text.
inline std::string annotation(int type, uint64_t interval, const std::string& words = "") {
  std::string out = annotation_word(type, interval);
  if (words.empty()) return out;
  out += annotation_word(63, words.size()) + words;
  if (words.size() % 2 == 1) out += '\0';
  return out;
}

inline std::string end_of_annotations() { return annotation_word(0, 0); }

}  // namespace tacit
