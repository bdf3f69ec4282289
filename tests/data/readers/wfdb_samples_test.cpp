// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_samples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "tacit/core/error.h"
#include "tests/data/readers/wfdb_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr int kFormats[] = {8, 16, 24, 32, 61, 80, 160, 212, 310, 311};

using Signals64 = std::vector<std::vector<int64_t>>;

/// Signals of one file; signal i has each[i] samples a frame.
std::vector<WfdbSignal> signals_of(int format, const std::vector<int32_t>& each) {
  std::vector<WfdbSignal> signals;
  for (size_t i = 0; i < each.size(); ++i)
    signals.push_back({.file = "d",
                       .format = format,
                       .samples_per_frame = each[i],
                       .gain = 1,
                       .name = "lead " + std::to_string(i)});
  return signals;
}

/// All samples, frame by frame; of format 8 as differences from each signal's initial value.
std::vector<int64_t> interleaved(const std::vector<WfdbSignal>& signals, Signals64 samples) {
  const size_t frames = samples[0].size() / static_cast<size_t>(signals[0].samples_per_frame);
  for (size_t i = 0; i < signals.size(); ++i)
    if (signals[i].format == 8) {
      std::adjacent_difference(samples[i].begin(), samples[i].end(), samples[i].begin());
      samples[i][0] -= signals[i].initial;
    }
  std::vector<int64_t> out;
  for (size_t frame = 0; frame < frames; ++frame)
    for (size_t i = 0; i < signals.size(); ++i) {
      const auto each = static_cast<size_t>(signals[i].samples_per_frame);
      for (size_t j = 0; j < each; ++j) out.push_back(samples[i][frame * each + j]);
    }
  return out;
}

/// Any samples of a format but its lowest; of format 8, steps of -128 to 127.
std::vector<int64_t> any_samples(int format, size_t count, std::mt19937& random) {
  const int bits = wfdb_bits_of(format);
  const int64_t highest = bits == 0 ? 127 : (int64_t{1} << (bits - 1)) - 1;
  std::uniform_int_distribution<int64_t> any(bits == 0 ? -128 : -highest, highest);
  std::vector<int64_t> out(count);
  for (int64_t& each : out) each = any(random);
  if (bits == 0) std::partial_sum(out.begin(), out.end(), out.begin());
  return out;
}

std::vector<size_t> all(const std::vector<WfdbSignal>& signals) {
  std::vector<size_t> out(signals.size());
  std::iota(out.begin(), out.end(), size_t{0});
  return out;
}

WfdbSamples decode(const std::string& bytes, const std::vector<WfdbSignal>& signals,
                   std::optional<int64_t> frames) {
  return decode_wfdb(bytes, signals, all(signals), frames, "d of record r");
}

std::string refusal(const std::string& bytes, const std::vector<WfdbSignal>& signals,
                    std::optional<int64_t> frames) {
  return message<DataError>([&] { decode(bytes, signals, frames); });
}

void expect_samples(const std::vector<float>& lead, const std::vector<int64_t>& samples,
                    const std::string& what) {
  ASSERT_EQ(lead.size(), samples.size()) << what;
  for (size_t i = 0; i < lead.size(); ++i)
    ASSERT_EQ(lead[i], static_cast<float>(samples[i])) << what << ", sample " << i;
}

TEST(WfdbSamples, ComeBackFromEveryFormatForAnyNumberOfSignalsAndSamplesAFrame) {
  std::mt19937 random(1);
  const std::vector<std::vector<int32_t>> layouts{{1}, {1, 1}, {1, 1, 1}, {3}, {2, 1, 4}, {1, 5}};
  for (const int format : kFormats)
    for (const auto& each : layouts)
      for (const size_t frames : {1U, 2U, 3U, 4U, 5U, 50U}) {
        auto signals = signals_of(format, each);
        Signals64 samples;
        for (WfdbSignal& signal : signals) {
          samples.push_back(
              any_samples(format, frames * static_cast<size_t>(signal.samples_per_frame), random));
          signal.initial = static_cast<int32_t>(samples.back()[0]);
          int64_t sum = 0;
          for (const int64_t sample : samples.back()) sum += sample;
          signal.checksum = static_cast<uint16_t>(sum);
        }
        const std::string bytes = wfdb_bytes_of(format, interleaved(signals, samples));
        const WfdbSamples out = decode(bytes, signals, static_cast<int64_t>(frames));
        EXPECT_EQ(out.frames, static_cast<int64_t>(frames));
        EXPECT_EQ(out.left_over, 0);
        for (size_t i = 0; i < signals.size(); ++i)
          expect_samples(out.leads[i], samples[i], text("format {}, signal {}", format, i));
      }
}

TEST(WfdbSamples, AreThoseThatTheSpecificationPutsInTheseBytes) {
  const auto first = [](int format, const std::string& bytes, int64_t count) {
    return decode(bytes, signals_of(format, {1}), count).leads[0];
  };
  // The first frame of MIT-BIH record 100 holds 995 and 1011.
  EXPECT_EQ(first(212, "\xE3\x33\xF3", 2), (std::vector<float>{995, 1011}));
  EXPECT_EQ(first(212, "\xFF\xF0\xFE", 2), (std::vector<float>{255, -2}));
  EXPECT_EQ(first(16, "\xFE\xFF", 1), (std::vector<float>{-2}));
  EXPECT_EQ(first(61, "\xFF\xFE", 1), (std::vector<float>{-2}));
  EXPECT_EQ(first(24, std::string("\1\0\xFF", 3), 1), (std::vector<float>{-65535}));
  EXPECT_EQ(first(32, std::string("\0\1\0\x40", 4), 1), (std::vector<float>{1073742080.0F}));
  EXPECT_EQ(first(80, "\x81\x01", 2), (std::vector<float>{1, -127}));
  EXPECT_EQ(first(160, std::string("\1\x80\1\0", 4), 2), (std::vector<float>{1, -32767}));
  EXPECT_EQ(first(8, "\5\xFF\x80", 3), (std::vector<float>{5, 4, -124}));
  // 310: 1, -1 and 0b10'0000'0001 by halves; 311: the same from the lowest bit on.
  EXPECT_EQ(first(310, "\x02\x08\xFE\x87", 3), (std::vector<float>{1, -1, -511}));
  EXPECT_EQ(first(311, "\x01\xFC\x1F\x20", 3), (std::vector<float>{1, -1, -511}));
}

TEST(WfdbSamples, AreNoValuesWhereTheyAreTheLowestOfTheirFormat) {
  for (const int format : kFormats) {
    const int bits = wfdb_bits_of(format);
    if (bits == 0) continue;
    const int64_t lowest = -(int64_t{1} << (bits - 1));
    const auto lead =
        decode(wfdb_bytes_of(format, {lowest, lowest + 1, 0}), signals_of(format, {1}), 3).leads[0];
    EXPECT_TRUE(std::isnan(lead[0])) << format;
    EXPECT_EQ(lead[1], static_cast<float>(lowest + 1)) << format;
    EXPECT_EQ(lead[2], 0) << format;
  }
}

TEST(WfdbSamples, AreTurnedToUnitsByGainAndBaseline) {
  auto signals = signals_of(16, {1, 1});
  signals[0].gain = 200, signals[0].baseline = 1024;
  signals[1].gain = 6.8e-14, signals[1].baseline = -2147483647 - 1;
  const auto leads = decode(wfdb_bytes_of(16, {995, 7}), signals, 1).leads;
  EXPECT_EQ(leads[0][0], static_cast<float>((995 - 1024) / 200.0));
  EXPECT_EQ(leads[1][0], static_cast<float>((7 + 2147483648.0) / 6.8e-14));
}

TEST(WfdbSamples, BeginBehindTheOffsetAndAreOnlyThoseAskedFor) {
  auto signals = signals_of(212, {1, 2});
  for (WfdbSignal& signal : signals) signal.offset = 5;
  const std::string bytes = "12345" + wfdb_bytes_of(212, {1, 2, 3, 4, 5, 6});
  const auto out = decode_wfdb(bytes, signals, {1, 0, 1}, 2, "d");
  const std::vector<float> second{2, 3, 5, 6};
  EXPECT_EQ(out.leads, (std::vector<std::vector<float>>{second, {1, 4}, second}));
}

TEST(WfdbSamples, StartLaterInASignalThatIsSkewedAndEndInNoValues) {
  auto signals = signals_of(16, {1, 2, 1});
  signals[1].skew = 2;
  signals[1].checksum = 2 + 3 + 12 + 13 + 22 + 23;  // of all samples, also those before the first
  signals[2].skew = int64_t{1} << 62;
  const auto leads =
      decode(wfdb_bytes_of(16, {1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24}), signals, 3).leads;
  EXPECT_EQ(leads[0], (std::vector<float>{1, 11, 21}));
  ASSERT_EQ(leads[1].size(), 6U);
  EXPECT_EQ(leads[1][0], 22);
  EXPECT_EQ(leads[1][1], 23);
  for (size_t i = 2; i < 6; ++i) EXPECT_TRUE(std::isnan(leads[1][i])) << i;
  for (const float value : leads[2]) EXPECT_TRUE(std::isnan(value));
}

TEST(WfdbSamples, AreCountedFromTheFileWhereTheHeaderDoesNotSay) {
  for (const int format : kFormats) {
    const auto signals = signals_of(format, {1, 2});
    const std::string bytes = wfdb_bytes_of(format, {1, 2, 3, 4, 5, 6});
    const WfdbSamples out = decode(bytes, signals, std::nullopt);
    EXPECT_EQ(out.frames, 2) << format;
    EXPECT_EQ(out.left_over, 0) << format;
    EXPECT_EQ(decode(bytes + bytes.substr(0, 2), signals, std::nullopt).left_over, 2) << format;
    EXPECT_NE(refusal("", signals, std::nullopt).find("holds no samples"), std::string::npos);
  }
  EXPECT_EQ(decode(wfdb_bytes_of(16, {1, 2, 3}), signals_of(16, {1}), 1).left_over, 4);
}

TEST(WfdbSamples, AreAsManyAsTheBytesHoldWhole) {
  const std::map<int, std::vector<int64_t>> by_size{
      {8, {1, 2, 3, 4, 5, 6, 7, 8}},   {16, {0, 1, 1, 2, 2, 3, 3, 4}},
      {24, {0, 0, 1, 1, 1, 2, 2, 2}},  {32, {0, 0, 0, 1, 1, 1, 1, 2}},
      {61, {0, 1, 1, 2, 2, 3, 3, 4}},  {80, {1, 2, 3, 4, 5, 6, 7, 8}},
      {160, {0, 1, 1, 2, 2, 3, 3, 4}}, {212, {0, 1, 2, 2, 3, 4, 4, 5}},
      {310, {0, 1, 1, 3, 3, 4, 4, 6}}, {311, {0, 1, 2, 3, 3, 4, 5, 6}}};
  for (const auto& [format, counts] : by_size)
    for (size_t size = 1; size <= counts.size(); ++size) {
      const std::string bytes(size, '\1');
      const auto signals = signals_of(format, {1});
      if (counts[size - 1] == 0)
        EXPECT_NE(refusal(bytes, signals, std::nullopt), "") << format << ", " << size;
      else
        EXPECT_EQ(decode(bytes, signals, std::nullopt).frames, counts[size - 1])
            << format << ", " << size;
    }
}

TEST(WfdbSamples, OfAFileThatIsCutAnywhereAreRefusedWithBothNumbers) {
  for (const int format : kFormats) {
    const auto signals = signals_of(format, {1, 2});
    const std::string whole = wfdb_bytes_of(format, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    EXPECT_EQ(refusal(whole, signals, 4), "");
    for (size_t length = 0; length < whole.size(); ++length)
      EXPECT_NE(refusal(whole.substr(0, length), signals, 4)
                    .find("the header promises 4 samples a signal and "),
                std::string::npos)
          << format << ", " << length;
  }
  EXPECT_NE(refusal("12345", signals_of(16, {1}), 3).find("promises 3 samples a signal and 2 are"),
            std::string::npos);
}

TEST(WfdbSamples, AreRefusedWhenTheChecksumIsAnother) {
  auto signals = signals_of(16, {1, 1});
  const std::string bytes = wfdb_bytes_of(16, {-32768, 1, 7, 2, 5, 3});
  signals[0].checksum = 32780;  // samples that are no values count too
  signals[1].checksum = 7;
  const std::string said = refusal(bytes, signals, 3);
  EXPECT_NE(said.find("lead \"lead 1\" have the checksum 6 and the header says 7"),
            std::string::npos)
      << said;
  EXPECT_TRUE(said.starts_with("d of record r: "));
  signals[1].checksum = 6;
  EXPECT_EQ(refusal(bytes, signals, 3), "");
  signals[1].checksum = 7;
  EXPECT_EQ(refusal(bytes, signals, std::nullopt), "");
  EXPECT_EQ(decode_wfdb(bytes, signals, {0}, 3, "d").leads.size(), 1U);
}

TEST(WfdbSamples, AreRefusedForGainsThatAreNotAboveZeroAndForUnknownFormats) {
  for (const double gain : {-200.0, -1e-30, 1e-30}) {
    auto signals = signals_of(16, {1});
    signals[0].gain = gain;
    EXPECT_NE(refusal("12", signals, 1).find("the gain of lead \"lead 0\""), std::string::npos);
  }
  EXPECT_NE(refusal("12", signals_of(17, {1}), 1).find("its format, 17, is not read"),
            std::string::npos);
}

TEST(WfdbSamples, AreRefusedBeforeMemoryIsTakenForWhatAHostileHeaderPromises) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  const int32_t many = std::numeric_limits<int32_t>::max();
  for (const int format : kFormats) {
    EXPECT_NE(refusal("1234567890", signals_of(format, {1}), most), "");
    EXPECT_NE(refusal("1234567890", signals_of(format, {many, many}), most), "");
    EXPECT_NE(refusal("1234567890", signals_of(format, {many, many}), std::nullopt), "");
    auto signals = signals_of(format, {1});
    signals[0].offset = most;
    EXPECT_NE(refusal("1234567890", signals, 1), "");
  }
}

}  // namespace
}  // namespace tacit
