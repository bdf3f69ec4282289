// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III and SF_FORMAT_OGG | SF_FORMAT_OPUS, which older
/// versions do not name.
inline constexpr int kMp3 = 0x230082, kOpus = 0x200064;

/// [T, C] values of a tone that rises, with noise, each channel another; in -0.6 … 0.6 and whole
/// multiples of 1/32768.
inline std::vector<float> rising_tone(int64_t length, int channels = 1) {
  std::vector<float> out;
  uint32_t state = 1;
  for (int64_t time = 0; time < length; ++time)
    for (int channel = 0; channel < channels; ++channel) {
      state = state * 1664525 + 1013904223;
      const auto t = static_cast<double>(time);
      const double noise = 0.1 * (static_cast<double>(state >> 16) / 65536 - 0.5);
      const double tone = 0.5 * std::sin(0.05 * t * (1 + 1e-4 * t) + channel);
      out.push_back(static_cast<float>(std::round((tone + noise) * 32768) / 32768));
    }
  return out;
}

/// Whether libsndfile can write such a file (SF_FORMAT_WAV | …).
inline bool can_write(int format, int rate = 8000) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = 1;
  info.format = format;
  return sf_format_check(&info) == SF_TRUE;
}

/// Writes [T, C] values. Whole numbers of b bits are the values times 2^(b-1); libsndfile's own
/// conversion of floats takes one less.
inline void write_sound(const std::filesystem::path& file, const std::vector<float>& values,
                        int format = SF_FORMAT_WAV | SF_FORMAT_PCM_16, int channels = 1,
                        int rate = 8000) {
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = channels;
  info.format = format;
  SNDFILE* const out = sf_open(file.c_str(), SFM_WRITE, &info);
  ASSERT_NE(out, nullptr) << file << ": " << sf_strerror(nullptr);
  const auto count = static_cast<sf_count_t>(values.size());
  constexpr int kFirstWhole = SF_FORMAT_PCM_S8, kLastWhole = SF_FORMAT_PCM_U8;
  const int width = format & SF_FORMAT_SUBMASK;
  if (width < kFirstWhole || width > kLastWhole) {
    EXPECT_EQ(sf_write_float(out, values.data(), count), count);
  } else {
    std::vector<int> whole;
    for (const float value : values) whole.push_back(static_cast<int>(value * 2147483648.0));
    EXPECT_EQ(sf_write_int(out, whole.data(), count), count);
  }
  sf_close(out);
}

/// [C, T] samples as [T, C] values.
inline std::vector<float> values_of(const Tensor& samples) {
  const Tensor rows = samples.t().contiguous();
  const float* const first = rows.const_data_ptr<float>();
  return {first, first + rows.numel()};
}

inline void expect_says(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
}

}  // namespace tacit
