// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/heart_beats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <numbers>

#include "tacit/core/error.h"
#include "tacit/core/rng.h"

namespace tacit {
namespace {

using Signal = std::vector<float>;

/// A lead in which R peaks of height 1 come `interval` s apart, one of them after 0.5 s, each
/// followed by a T wave of 0.3.
Signal pulses(double interval, double seconds, double rate_hz) {
  Signal ecg(static_cast<size_t>(seconds * rate_hz));
  for (size_t t = 0; t < ecg.size(); ++t) {
    const double now = static_cast<double>(t) / rate_hz;
    const double since = std::remainder(now - 0.5, interval);
    const double after = std::remainder(now - 0.5 - 0.28, interval);
    ecg[t] = static_cast<float>(std::exp(-since * since / (2 * 0.012 * 0.012)) +
                                0.3 * std::exp(-after * after / (2 * 0.045 * 0.045)));
  }
  return ecg;
}

Signal changed(Signal ecg, const std::function<double(double value, size_t t)>& change) {
  for (size_t t = 0; t < ecg.size(); ++t)
    ecg[t] = static_cast<float>(change(static_cast<double>(ecg[t]), t));
  return ecg;
}

TEST(FindBeats, FindsEveryPulseBetweenSamplesAtManyRates) {
  for (const double rate_hz : {64.0, 128.0, 256.0, 1000.0})
    for (const double interval : {0.371, 0.8234, 1.71}) {
      const HeartBeats beats = find_beats(pulses(interval, 20, rate_hz), rate_hz);
      const double first = std::fmod(0.5, interval);
      const auto expected = static_cast<size_t>((20 - first) / interval) + 1;
      ASSERT_EQ(beats.seconds.size(), expected) << interval << " s at " << rate_hz << " Hz";
      EXPECT_TRUE(beats.upright);
      // Near the ends, the filters do not know what comes.
      for (size_t i = 1; i + 1 < expected; ++i)
        EXPECT_NEAR(beats.seconds[i], first + interval * static_cast<double>(i), 0.004)
            << interval << " s at " << rate_hz << " Hz";
    }
}

TEST(FindBeats, DoNotDependOnUnitOffsetOrSign) {
  Rng rng(3);
  const Signal ecg = changed(pulses(0.83, 20, 256),
                             [&](double value, size_t) { return value + rng.normal(0, 0.03); });
  const HeartBeats beats = find_beats(ecg, 256);
  const HeartBeats negative = find_beats(changed(ecg, [](double v, size_t) { return -v; }), 256);
  EXPECT_EQ(beats.seconds, negative.seconds);
  EXPECT_TRUE(beats.upright);
  EXPECT_FALSE(negative.upright);
  for (const double unit : {1e-6, 1000.0}) {
    const HeartBeats other =
        find_beats(changed(ecg, [&](double v, size_t) { return unit * (v + 7); }), 256);
    ASSERT_EQ(other.seconds.size(), beats.seconds.size()) << unit;
    for (size_t i = 0; i < beats.seconds.size(); ++i)
      EXPECT_NEAR(other.seconds[i], beats.seconds[i], 1e-3);
  }
}

TEST(FindBeats, KeepsFindingBeatsUnderDriftMainsAndMuscle) {
  Rng rng(4);
  const double rate_hz = 256;
  const Signal ecg = changed(pulses(0.8, 60, rate_hz), [&](double value, size_t t) {
    const double now = static_cast<double>(t) / rate_hz * 2 * std::numbers::pi;
    return value + 0.8 * std::sin(0.2 * now) + 0.1 * std::sin(50 * now) + rng.normal(0, 0.08);
  });
  const std::vector<double> seconds = find_beats(ecg, rate_hz).seconds;
  ASSERT_EQ(seconds.size(), 75);
  for (size_t i = 0; i < seconds.size(); ++i)
    EXPECT_NEAR(seconds[i], 0.5 + 0.8 * static_cast<double>(i), 0.03);
}

TEST(FindBeats, FollowsALeadThatGrowsSmallAndIsNotBlindedByAJerk) {
  const double rate_hz = 256;
  const Signal fading = changed(pulses(0.8, 60, rate_hz), [&](double value, size_t t) {
    return value * std::exp(-static_cast<double>(t) / rate_hz / 20);
  });
  EXPECT_EQ(find_beats(fading, rate_hz).seconds.size(), 75);
  const Signal jerked = changed(pulses(0.8, 60, rate_hz), [&](double value, size_t t) {
    return value + (t / 64 == 120 ? 20 : 0);  // for a quarter of a second
  });
  EXPECT_NEAR(static_cast<double>(find_beats(jerked, rate_hz).seconds.size()), 75, 3);
}

TEST(FindBeats, FindsASmallBeatThatIsOverdue) {
  const double rate_hz = 256;
  const Signal ecg = changed(pulses(0.8, 20, rate_hz), [&](double value, size_t t) {
    const double now = static_cast<double>(t) / rate_hz;
    return std::abs(now - 8.5) < 0.2 ? 0.4 * value : value;
  });
  const std::vector<double> seconds = find_beats(ecg, rate_hz).seconds;
  EXPECT_EQ(seconds.size(), 25);
  EXPECT_TRUE(std::ranges::any_of(seconds, [](double s) { return std::abs(s - 8.5) < 0.02; }));
}

TEST(FindBeats, TakesNoSharpTForABeat) {
  const double rate_hz = 256;
  const Signal ecg = changed(pulses(0.9, 20, rate_hz), [&](double value, size_t t) {
    const double since = std::remainder(static_cast<double>(t) / rate_hz - 0.5 - 0.28, 0.9);
    return value + 0.85 * std::exp(-since * since / (2 * 0.03 * 0.03));
  });
  EXPECT_EQ(find_beats(ecg, rate_hz).seconds.size(), 22);
}

TEST(FindBeats, FindsNoneInAFlatStretch) {
  const double rate_hz = 256;
  const Signal ecg = changed(pulses(0.8, 60, rate_hz), [&](double value, size_t t) {
    return 0.7 + (static_cast<double>(t) / rate_hz < 9.4 ? value : 0);
  });
  EXPECT_EQ(find_beats(ecg, rate_hz).seconds.size(), 12);
}

TEST(FindBeats, FindsNoneWhereNothingBeats) {
  const Signal ramp =
      changed(Signal(25600), [](double, size_t t) { return 100.0 + 3.0 * static_cast<double>(t); });
  EXPECT_TRUE(find_beats(ramp, 256).seconds.empty());
  EXPECT_TRUE(find_beats({}, 256).seconds.empty());
  for (const float level : {0.0f, 0.7f, -1e6f})
    for (const size_t length : {1U, 2U, 3U, 2560U})
      EXPECT_TRUE(find_beats(Signal(length, level), 256).seconds.empty()) << level << " " << length;
}

TEST(FindBeats, TakesASampleThatIsNotFiniteForTheOneBefore) {
  Signal ecg = pulses(0.8, 20, 256), held = ecg;
  for (const size_t t : {0U, 700U, 701U, 2000U}) {
    ecg[t] = t % 2 == 0 ? std::numeric_limits<float>::quiet_NaN()
                        : std::numeric_limits<float>::infinity();
    held[t] = t > 0 ? held[t - 1] : 0;
  }
  EXPECT_EQ(find_beats(ecg, 256).seconds, find_beats(held, 256).seconds);
}

TEST(FindBeats, RefusesRatesAtWhichThereAreNone) {
  for (const double rate_hz : {-256.0, 0.0, 49.0, 1e6, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()})
    EXPECT_THROW(find_beats(Signal(100), rate_hz), ConfigError) << rate_hz;
}

TEST(CheckHeart, SaysTheRateAndTheSign) {
  const HeartCheck check =
      check_heart(changed(pulses(0.75, 20, 256), [](double value, size_t) { return -value; }), 256);
  EXPECT_NEAR(check.beats_a_minute, 80, 0.1);
  EXPECT_FALSE(check.upright);
  EXPECT_EQ(check.warning, "");
}

TEST(CheckHeart, WarnsOfARateThatIsWrongByFar) {
  const Signal ecg = pulses(0.75, 60, 256);
  EXPECT_NEAR(check_heart(ecg, 64).beats_a_minute, 20, 0.1);
  EXPECT_EQ(check_heart(ecg, 64).warning,
            "20 beats a minute were found, where a heart has 25 to 220: is this an "
            "electrocardiogram, and are 64 samples a second right?");
  EXPECT_NEAR(check_heart(ecg, 1024).beats_a_minute, 320, 1);
  EXPECT_NE(check_heart(ecg, 1024).warning, "");
}

TEST(CheckHeart, WarnsWhereNothingBeats) {
  const HeartCheck check = check_heart(Signal(2560, 1), 256);
  EXPECT_EQ(check.beats_a_minute, 0);
  EXPECT_EQ(check.warning, "fewer than two heart beats were found");
}

std::vector<unsigned char> bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// First signal of two in WFDB format 212: pairs of 12 bits in three bytes.
Signal first_of_212(const std::vector<unsigned char>& bytes) {
  Signal out;
  for (size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const int value = bytes[i] | (bytes[i + 1] & 15) << 8;
    out.push_back(static_cast<float>(value >= 2048 ? value - 4096 : value));
  }
  return out;
}

/// Samples of the annotations that are beats, in an .atr file without long skips.
std::vector<double> annotated_beats(const std::vector<unsigned char>& bytes) {
  constexpr int skip = 59, auxiliary = 63, change_of_rhythm = 28;
  std::vector<double> out;
  int time = 0;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const int type = bytes[i + 1] >> 2, low = bytes[i] | (bytes[i + 1] & 3) << 8;
    if (type == auxiliary) i += static_cast<size_t>(low + low % 2);
    if (type >= skip) continue;
    time += low;
    if (type != 0 && type != change_of_rhythm) out.push_back(time);
  }
  return out;
}

TEST(FindBeats, FindsTheBeatsThatExpertsMarked) {
  const char* const data = std::getenv("TACIT_DATA");
  const std::filesystem::path folder = std::filesystem::path(data ? data : "") / "ecg/wfdb";
  if (data == nullptr || !exists(folder / "100.dat"))
    GTEST_SKIP() << "TACIT_DATA names no folder with MIT-BIH record 100";
  const double rate_hz = 360;
  const std::vector<double> marked = annotated_beats(bytes_of(folder / "100.atr"));
  const std::vector<double> found =
      find_beats(first_of_212(bytes_of(folder / "100.dat")), rate_hz).seconds;
  ASSERT_EQ(marked.size(), 2273);
  const auto near = [](const std::vector<double>& times, double time) {
    return std::ranges::any_of(times, [&](double t) { return std::abs(t - time) <= 0.075; });
  };
  std::vector<double> truth;
  for (const double sample : marked) truth.push_back(sample / rate_hz);
  EXPECT_EQ(std::ranges::count_if(truth, [&](double t) { return near(found, t); }), 2273);
  EXPECT_EQ(std::ranges::count_if(found, [&](double t) { return !near(truth, t); }), 0);
}

}  // namespace
}  // namespace tacit
