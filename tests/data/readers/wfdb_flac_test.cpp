// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_flac.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <optional>
#include <span>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/wfdb_samples.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Channels = std::vector<std::vector<int32_t>>;

/// Channels whose samples are spread over all that `bits` bits can hold.
Channels channels_of(size_t count, size_t length, int bits) {
  Channels out(count, std::vector<int32_t>(length));
  const int64_t range = int64_t{1} << bits;
  for (size_t i = 0; i < count; ++i)
    for (size_t time = 0; time < length; ++time) {
      const auto value = static_cast<int64_t>(time * time * 7 + i * 1001);
      out[i][time] = static_cast<int32_t>(value % (range - 1) - range / 2 + 1);
    }
  return out;
}

/// A file of `kind` (SF_FORMAT_FLAC | …) as libsndfile writes it.
std::string encoded(const Channels& channels, int bits, int kind) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "a").string();
  SF_INFO info{};
  info.samplerate = 1000;
  info.channels = static_cast<int>(channels.size());
  info.format = kind;
  SNDFILE* const out = sf_open(file.c_str(), SFM_WRITE, &info);
  EXPECT_NE(out, nullptr);
  std::vector<int> samples;
  for (size_t time = 0; time < channels[0].size(); ++time)
    for (const auto& channel : channels) samples.push_back(channel[time] * (1 << (32 - bits)));
  sf_writef_int(out, samples.data(), static_cast<sf_count_t>(channels[0].size()));
  sf_close(out);
  return read_file(file);
}

int flac_of(int bits) {
  return SF_FORMAT_FLAC | (bits == 8    ? SF_FORMAT_PCM_S8
                           : bits == 16 ? SF_FORMAT_PCM_16
                                        : SF_FORMAT_PCM_24);
}

/// The remainder of `bytes` by a polynomial of `bits` bits.
uint32_t remainder(const std::string& bytes, int bits, uint32_t polynomial) {
  uint32_t rest = 0;
  for (const char each : bytes) {
    rest ^= uint32_t{static_cast<unsigned char>(each)} << (bits - 8);
    for (int i = 0; i < 8; ++i)
      rest = (rest << 1) ^ ((rest >> (bits - 1) & 1) != 0 ? polynomial : 0);
  }
  return rest & ((1U << bits) - 1);
}

/// FLAC (RFC 9639): one channel of 16 bits, as `frames` blocks of 65535 samples that are all 258.
std::string constant_stream(int frames) {
  std::string out = std::string("fLaC\x80\0\0\x22\xFF\xFF\xFF\xFF\0\0\0\0\0\0", 18);
  out += std::string("\x00\x3E\x80\xF0\0\0\0\0", 8) + std::string(16, '\0');
  for (int i = 0; i < frames; ++i) {
    std::string frame = std::string("\xFF\xF8\x70\x08", 4) + static_cast<char>(i) + "\xFF\xFE";
    frame += static_cast<char>(remainder(frame, 8, 7));
    frame += std::string("\0\1\2", 3);
    const uint32_t sum = remainder(frame, 16, 0x8005);
    out += frame + static_cast<char>(sum >> 8) + static_cast<char>(sum & 255);
  }
  return out;
}

std::string refusal(const std::string& bytes, size_t channels, int bits) {
  return message<DataError>([&] { decode_flac(bytes, channels, bits, {0}, "d of record r"); });
}

TEST(WfdbFlac, GivesBackEverySampleOfTheChannelsAskedFor) {
  for (const int bits : {8, 16, 24})
    for (const size_t count : {1U, 2U, 5U}) {
      const Channels channels = channels_of(count, 10000, bits);
      const std::string bytes = encoded(channels, bits, flac_of(bits));
      const Channels out = decode_flac(bytes, count, bits, {count - 1, 0}, "d");
      EXPECT_EQ(out, (Channels{channels[count - 1], channels[0]})) << bits << ", " << count;
      EXPECT_EQ(decode_flac(bytes, count, 24, {0}, "d")[0], channels[0]);
    }
}

TEST(WfdbFlac, RefusesAnotherNumberOfChannelsAndMoreBits) {
  const std::string bytes = encoded(channels_of(2, 100, 16), 16, flac_of(16));
  EXPECT_NE(refusal(bytes, 3, 16).find("d of record r: its FLAC stream has 2 channels of 16 bits"),
            std::string::npos);
  EXPECT_NE(refusal(bytes, size_t{1} << 40, 16), "");
  EXPECT_NE(refusal(bytes, 2, 8).find("up to 8"), std::string::npos);
}

TEST(WfdbFlac, RefusesAllOtherKindsOfFiles) {
  const Channels channels = channels_of(1, 100, 16);
  EXPECT_NE(refusal(encoded(channels, 16, SF_FORMAT_WAV | SF_FORMAT_PCM_16), 1, 16)
                .find("no FLAC stream"),
            std::string::npos);
  for (const std::string& bytes :
       {std::string(), std::string("fLaC"), std::string("fLaC") + std::string(100, '\0')})
    EXPECT_NE(refusal(bytes, 1, 16).find("no FLAC stream"), std::string::npos);
}

TEST(WfdbFlac, ReadsFlatChannelsHoweverLittleTheyTake) {
  const Channels flat(8, std::vector<int32_t>(200000, 5));
  EXPECT_EQ(decode_flac(encoded(flat, 8, flac_of(8)), 8, 8, {3}, "d")[0], flat[3]);
}

TEST(WfdbFlac, RefusesAStreamThatUnpacksToMoreThanAnyRecording) {
  EXPECT_EQ(refusal(constant_stream(1), 1, 16), "");
  EXPECT_EQ(decode_flac(constant_stream(1), 1, 16, {0}, "d")[0].size(), 65535U);
  EXPECT_NE(refusal(constant_stream(100), 1, 16).find("holds more samples than"),
            std::string::npos);
}

TEST(WfdbFlac, ReadsSignalsWithSeveralSamplesAFrameBehindAnOffsetInSamples) {
  const Channels channels = channels_of(2, 14, 16);
  const std::string bytes = encoded(channels, 16, flac_of(16));
  std::vector<WfdbSignal> signals(
      2, {.file = "d", .format = 516, .samples_per_frame = 3, .offset = 1, .gain = 1, .name = "a"});
  signals[1].skew = 1;
  const auto decode = [&](std::optional<int64_t> frames) {
    return decode_wfdb(bytes, signals, {0, 1}, frames, "d");
  };
  const WfdbSamples out = decode(std::nullopt);
  EXPECT_EQ(out.frames, 4);
  EXPECT_EQ(out.left_over, 1);
  ASSERT_EQ(out.leads[0].size(), 12U);
  for (size_t i = 0; i < 12; ++i)
    EXPECT_EQ(out.leads[0][i], static_cast<float>(channels[0][i + 1]));
  for (size_t i = 0; i < 9; ++i) EXPECT_EQ(out.leads[1][i], static_cast<float>(channels[1][i + 4]));
  EXPECT_NE(message<DataError>([&] { decode(5); }).find("promises 5 samples a signal and 4 are"),
            std::string::npos);
  signals[1].samples_per_frame = 2;
  EXPECT_NE(message<DataError>([&] { decode(1); }).find("one number of samples a frame"),
            std::string::npos);
}

TEST(WfdbFlac, OfAFileThatIsCutAnywhereIsRefusedWhereTheHeaderSaysHowLongItIs) {
  const Channels channels = channels_of(1, 9000, 16);
  const std::string whole = encoded(channels, 16, flac_of(16));
  const std::vector<WfdbSignal> signals{{.file = "d", .format = 516, .gain = 1, .name = "a"}};
  const auto decode = [&](size_t length) {
    return message<DataError>(
        [&] { decode_wfdb(whole.substr(0, length), signals, {0}, 9000, "d"); });
  };
  EXPECT_EQ(decode(whole.size()), "");
  for (size_t length = 0; length < whole.size(); length += length < 200 ? 1 : 97)
    EXPECT_NE(decode(length), "") << length;
  EXPECT_NE(decode(whole.size() - 1), "");
}

}  // namespace
}  // namespace tacit
