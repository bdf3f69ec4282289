// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace tacit {

/// A signal to write, in numbers of the converter.
struct Poly5Channel {
  std::string name, unit;
  std::vector<float> samples{};
  float unit_low = 0, unit_high = 1, adc_low = 0, adc_high = 1;
};

/// Writes Poly5 files by hand, so that they can be wrong.
struct Poly5Writer {
  int version = 203;
  int16_t rate_hz = 2048;
  std::vector<int16_t> start{2012, 9, 18, 2, 13, 16, 0};  ///< with the day of the week
  int64_t periods_in_block = 4;
  int32_t periods = 0;  ///< as the head says; 0: none of its business
  int16_t packed = 0;
  bool has_halves = true;

  template <class T>
  static std::string number(T value) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
  }
  static std::string pascal(const std::string& words, size_t most) {
    std::string out = std::string(1, static_cast<char>(words.size())) + words;
    out.resize(most + 1, '?');
    return out;
  }
  std::string moment() const {
    std::string out;
    for (const int16_t part : start) out += number(part);
    return out;
  }

  std::string file(const std::vector<Poly5Channel>& channels) const {
    const auto length = static_cast<int64_t>(channels.front().samples.size());
    const int64_t blocks = (length + periods_in_block - 1) / periods_in_block;
    const auto halves = static_cast<int16_t>(2 * channels.size());
    std::string out = "POLY SAMPLE FILEversion 2.03\r\n\x1A";
    if (version == 204) out += '\0';
    out += number(static_cast<int16_t>(version)) + pascal("measurement", 80) + number(rate_hz) +
           number(rate_hz) + '\0' + number(halves) + number(periods) + std::string(4, '\0') +
           moment() + number(static_cast<int32_t>(blocks)) +
           number(static_cast<uint16_t>(periods_in_block)) +
           number(static_cast<uint16_t>(periods_in_block * halves * 2)) + number(packed) +
           std::string(64, '\0');
    for (const Poly5Channel& channel : channels)
      for (const char* const half : {"(Lo) ", "(Hi) "})
        out += description(channel, has_halves ? half : (half[1] == 'L' ? "a" : "b"));
    for (int64_t block = 0; block < blocks; ++block) {
      out += number(static_cast<int32_t>(block * periods_in_block)) + std::string(4, '\0') +
             moment() + std::string(64, '\0');
      for (int64_t i = 0; i < periods_in_block; ++i)
        for (const Poly5Channel& channel : channels) {
          const int64_t at = block * periods_in_block + i;
          out += number(at < length ? channel.samples[static_cast<size_t>(at)] : -99.0F);
        }
    }
    return out;
  }

 private:
  static std::string description(const Poly5Channel& channel, const std::string& half) {
    return pascal(half + channel.name, 40) + std::string(4, '\0') + pascal(channel.unit, 10) +
           number(channel.unit_low) + number(channel.unit_high) + number(channel.adc_low) +
           number(channel.adc_high) + std::string(64, '\0');
  }
};

}  // namespace tacit
