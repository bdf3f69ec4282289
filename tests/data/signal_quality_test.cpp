// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/signal_quality.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr double kRate = 250;
constexpr QualityConfig kGate{.enabled = true};
using Window = std::vector<float>;

/// P, QRS and T of a beat of 1 mV, and `noise` of the amplifier.
Window beats(double beats_a_minute = 66, double seconds = 10, double noise = 0.01,
             double rate_hz = kRate) {
  struct Wave {
    double at, width, height;  // s, s, mV
  };
  constexpr std::array<Wave, 5> waves{{{0.10, 0.02, 0.12},
                                       {0.225, 0.008, -0.1},
                                       {0.25, 0.01, 1},
                                       {0.275, 0.008, -0.2},
                                       {0.45, 0.04, 0.25}}};
  std::mt19937 engine(1);
  std::normal_distribution<double> draw(0, noise);
  Window out(static_cast<size_t>(seconds * rate_hz));
  for (size_t i = 0; i < out.size(); ++i) {
    const double time = std::fmod(static_cast<double>(i) / rate_hz, 60 / beats_a_minute);
    double value = draw(engine);
    for (const auto& [at, width, height] : waves)
      value += height * std::exp(-0.5 * std::pow((time - at) / width, 2));
    out[i] = static_cast<float>(value);
  }
  return out;
}

Window changed(Window window, const auto& change) {
  for (size_t i = 0; i < window.size(); ++i)
    window[i] = static_cast<float>(change(static_cast<double>(window[i]), i));
  return window;
}

/// Samples of `seconds` from 3 s on take the value of the first of them.
Window held(Window window, double seconds) {
  const auto begin = window.begin() + static_cast<std::ptrdiff_t>(3 * kRate);
  std::fill_n(begin, static_cast<std::ptrdiff_t>(seconds * kRate), *begin);
  return window;
}

double sine(double hz, size_t step) {
  return std::sin(2 * std::numbers::pi * hz * static_cast<double>(step) / kRate);
}

TEST(SignalQuality, KeepsHeartBeatsOfAnyRateSizeAndDirection) {
  for (const double rate : {30, 45, 66, 120, 180})
    EXPECT_EQ(fault_of(beats(rate), kRate, kGate), Fault::none) << rate;
  for (const double factor : {-1.0, 1e-6, 1e6})
    EXPECT_EQ(
        fault_of(changed(beats(), [&](double x, size_t) { return factor * x; }), kRate, kGate),
        Fault::none)
        << factor;
  for (const double hz : {50, 128, 1000})
    EXPECT_EQ(fault_of(beats(66, 10, 0.01, hz), hz, kGate), Fault::none) << hz;
}

TEST(SignalQuality, KeepsBeatsOnAWanderingBaseline) {
  const Window wander =
      changed(beats(), [](double x, size_t i) { return 40 + x + 5 * sine(0.2, i); });
  EXPECT_EQ(fault_of(wander, kRate, kGate), Fault::none);
}

TEST(SignalQuality, FindsAStretchThatStandsStill) {
  EXPECT_EQ(fault_of(held(beats(), 0.9), kRate, kGate), Fault::none);
  EXPECT_EQ(fault_of(held(beats(), 1.1), kRate, kGate), Fault::flat);
  const Window nearly = changed(beats(), [](double x, size_t i) {
    return i < 600 || i > 1000 ? x : 0.004 * sine(50, i);  // the amplifier still hums
  });
  EXPECT_EQ(fault_of(nearly, kRate, kGate), Fault::flat);
  EXPECT_NEAR(measure_quality(held(beats(), 3), kRate).still_seconds, 3, 0.1);
  EXPECT_EQ(fault_of(held(beats(), 1.1), kRate, {.enabled = true, .flat_seconds = 2}), Fault::none);
}

TEST(SignalQuality, FindsALeadThatIsOff) {
  EXPECT_EQ(fault_of(Window(2500, 3.3F), kRate, kGate), Fault::lead_off);
  EXPECT_EQ(fault_of(held(beats(), 5.5), kRate, kGate), Fault::lead_off);
  for (const float value :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    Window window = beats();
    window[77] = value;
    EXPECT_EQ(fault_of(window, kRate, kGate), Fault::lead_off) << value;
  }
}

TEST(SignalQuality, FindsWhatIsCutOff) {
  const auto cut = [](double limit) {
    return changed(beats(), [&](double x, size_t) { return std::min(x, limit); });
  };
  EXPECT_EQ(fault_of(cut(0.5), kRate, kGate), Fault::clipped);
  const double share = measure_quality(cut(0.5), kRate).clipped_share;
  const Window whole = beats();
  const auto above = std::ranges::count_if(whole, [](float x) { return x > 0.5F; });
  EXPECT_NEAR(share, static_cast<double>(above) / 2500, 1e-3);
  EXPECT_EQ(measure_quality(whole, kRate).clipped_share, 0);
  const Window lower = changed(beats(), [](double x, size_t) { return std::max(-x, -0.5); });
  EXPECT_EQ(fault_of(lower, kRate, kGate), Fault::clipped);
  const Window between_rails =
      changed(beats(), [](double, size_t i) { return sine(0.9, i) > 0 ? 5.0 : -5.0; });
  EXPECT_EQ(fault_of(between_rails, kRate, kGate), Fault::clipped);
  EXPECT_NE(fault_of(cut(0.5), kRate, {.enabled = true, .clipped_share = 1}), Fault::clipped);
}

TEST(SignalQuality, FindsNoiseWithoutBeats) {
  std::mt19937 engine(2);
  std::normal_distribution<double> draw;
  for (const double rate_hz : {125.0, 250.0, 1000.0}) {
    for (int i = 0; i < 20; ++i) {
      const Window white = changed(Window(static_cast<size_t>(10 * rate_hz)),
                                   [&](double, size_t) { return draw(engine); });
      EXPECT_EQ(fault_of(white, rate_hz, kGate), Fault::noise) << rate_hz << " " << i;
      EXPECT_LT(measure_quality(white, rate_hz).kurtosis, 4) << rate_hz << " " << i;
    }
  }
  double level = 0;
  const Window wandering = changed(beats(), [&](double, size_t) { return level += draw(engine); });
  EXPECT_EQ(fault_of(wandering, kRate, kGate), Fault::noise);
}

TEST(SignalQuality, FindsBeatsThatDrownInHumOrMotion) {
  const Window hum = changed(beats(), [](double x, size_t i) { return x + 2 * sine(50, i); });
  const Window motion = changed(beats(), [](double x, size_t i) { return x + 2 * sine(2.5, i); });
  for (const Window& window : {hum, motion}) {
    EXPECT_EQ(fault_of(window, kRate, kGate), Fault::noise);
    EXPECT_EQ(fault_of(window, kRate, {.enabled = true, .min_qrs_share = 0}), Fault::none);
  }
}

TEST(SignalQuality, MeasuresKurtosisAndPowerOfTheBand) {
  const auto mixed = [](double hz, double other) {
    return changed(Window(2500), [=](double, size_t i) { return sine(hz, i) + sine(other, i); });
  };
  const QualityMeasures one = measure_quality(mixed(10, 10), kRate);
  EXPECT_NEAR(one.kurtosis, 1.5, 0.01);     // of a sine
  EXPECT_NEAR(one.qrs_share, 0.785, 0.02);  // (1 / (1 + 2^-4))^4: both edges, both ways
  EXPECT_NEAR(measure_quality(mixed(10, 0.1), kRate).qrs_share, 0.785, 0.02);
  EXPECT_NEAR(measure_quality(mixed(10, 80), kRate).qrs_share, 0.785 / 2, 0.02);
  EXPECT_GT(measure_quality(beats(), kRate).kurtosis, 10);
}

TEST(SignalQuality, DoesNotJudgeNoiseInWindowsThatMayHoldNoBeat) {
  const Window short_hum = changed(beats(66, 1.9), [](double, size_t i) { return sine(50, i); });
  EXPECT_EQ(fault_of(short_hum, kRate, {.enabled = true, .clipped_share = 1}), Fault::none);
  for (const size_t length : {size_t{1}, size_t{2}, size_t{3}, size_t{50}})
    EXPECT_EQ(fault_of(Window(length, 1), kRate, kGate), Fault::lead_off);
  EXPECT_EQ(fault_of(Window{1, 2, 1, 3}, kRate, kGate), Fault::none);
}

TEST(SignalQuality, NamesTheFirstFaultOfAnyChannel) {
  Window two = beats();
  const Window off(2500, 0);
  two.insert(two.end(), off.begin(), off.end());
  const Tensor rows = at::from_blob(two.data(), {2, 2500}, at::kFloat);
  EXPECT_EQ(fault_of(rows, kRate, kGate), Fault::lead_off);
  EXPECT_EQ(fault_of(rows.slice(0, 0, 1), kRate, kGate), Fault::none);
  EXPECT_EQ(fault_of(rows.t().contiguous().t(), kRate, kGate), Fault::lead_off);
  EXPECT_THROW(fault_of(rows[0], kRate, kGate), ShapeError);
  EXPECT_THROW(fault_of(rows.slice(1, 0, 0), kRate, kGate), ShapeError);
}

TEST(SignalQuality, AsksForARateAndDoesNothingUnlessEnabled) {
  EXPECT_EQ(fault_of(Window(2500, 0), kRate, {}), Fault::none);
  EXPECT_EQ(fault_of(Window(2500, 0), 0, {}), Fault::none);
  EXPECT_THROW(fault_of(beats(), 40, kGate), ConfigError);
  EXPECT_THROW(fault_of(beats(), 0, kGate), ConfigError);
  QualityConfig config;
  read_config(config, {{"enabled", true}, {"clipped_share", 0.2}});
  EXPECT_EQ(config.clipped_share, 0.2);
  EXPECT_THROW(read_config(config, {{"flat_seconds", 0}}), ConfigError);
}

TEST(SignalQuality, CountsWhatIsLeftOut) {
  QualityCounts counts;
  for (int i = 0; i < 288; ++i) counts.add(Fault::none);
  EXPECT_EQ(counts.print(), "none of 288 windows left out");
  for (int i = 0; i < 5; ++i) counts.add(Fault::flat);
  for (int i = 0; i < 6; ++i) counts.add(Fault::clipped);
  counts.add(Fault::lead_off);
  EXPECT_EQ(counts.print(), "12 of 300 windows left out: 5 flat, 6 clipped, 1 lead off");
  EXPECT_EQ(counts.left_out(), 12);
}

/// Lead MLII of record 100 of the MIT-BIH Arrhythmia Database: 360 Hz, format 212, two leads.
Window record_100(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  Window out;
  std::array<unsigned char, 3> bytes{};
  while (in.read(reinterpret_cast<char*>(bytes.data()), 3)) {
    const int value = bytes[0] | (bytes[1] & 15) << 8;
    out.push_back(static_cast<float>(value > 2047 ? value - 4096 : value));
  }
  return out;
}

QualityCounts counts_of(const Window& record, double rate_hz, const auto& change) {
  QualityCounts counts;
  const auto length = static_cast<size_t>(10 * rate_hz);
  for (size_t begin = 0; begin + length <= record.size(); begin += length) {
    const std::span<const float> part = std::span(record).subspan(begin, length);
    counts.add(fault_of(change(Window(part.begin(), part.end())), rate_hz, kGate));
  }
  return counts;
}

TEST(SignalQualityReference, KeepsRecord100AndFindsItCutOff) {
  const char* const folder = std::getenv("TACIT_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/";
  const Window record = record_100(std::filesystem::path(folder) / "ecg/wfdb/100.dat");
  ASSERT_EQ(record.size(), 650000);
  const QualityCounts whole = counts_of(record, 360, [](Window window) { return window; });
  EXPECT_EQ(whole.print(), "none of 180 windows left out");
  const QualityCounts cut = counts_of(record, 360, [](const Window& window) {
    Window ascending = window;
    std::ranges::sort(ascending);
    const double middle = static_cast<double>(ascending[1800]);
    const double limit = middle + 0.6 * (static_cast<double>(ascending[3590]) - middle);
    return changed(window, [&](double x, size_t) { return std::min(x, limit); });
  });
  EXPECT_EQ(cut.print(), "180 of 180 windows left out: 180 clipped");
}

TEST(SignalQualityReference, KeepsAmbulatoryRecords) {
  const char* const folder = std::getenv("TACIT_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds ecg/";
  for (const char* const name : {"e0103.csv", "e0110.csv", "e0124.csv"}) {
    std::ifstream in(std::filesystem::path(folder) / "ecg/text" / name);
    const Window record{std::istream_iterator<float>(in), {}};
    ASSERT_EQ(record.size(), 30000);
    EXPECT_EQ(counts_of(record, 250, [](Window window) { return window; }).left_out(), 0) << name;
  }
}

TEST(LeaveOutFaults, EndsRecordingsWhereNoBeatCanBeRead) {
  Window samples = beats(66, 50);
  const auto second = static_cast<size_t>(kRate);
  std::fill_n(samples.begin() + static_cast<std::ptrdiff_t>(20 * second), 6 * second, 0.4F);
  const auto length = static_cast<int64_t>(samples.size());
  Signals signals{{"ecg"}, {"n", "y"}, {}, {}};
  signals.recordings.push_back({"r",
                                "anna",
                                kRate,
                                100,
                                at::from_blob(samples.data(), {1, length}, at::kFloat),
                                {{0, length / 2, 0}, {length / 2, length, 1}}});
  const Signals left = leave_out_faults(signals, kGate);
  ASSERT_EQ(left.recordings.size(), 2u);  // 0 … 20 s and 30 … 50 s
  const Recording &first = left.recordings[0], &second_part = left.recordings[1];
  EXPECT_EQ(first.length(), 20 * 250);
  EXPECT_EQ(second_part.length(), 20 * 250);
  EXPECT_EQ(second_part.start_seconds, 130);
  EXPECT_EQ(second_part.subject, "anna");
  EXPECT_EQ(second_part.samples[0][0].item<float>(), samples[30 * second]);
  ASSERT_EQ(first.labels.size(), 1u);
  EXPECT_EQ(first.labels[0].end, 20 * 250);
  EXPECT_EQ(second_part.labels[0].label, 1);
  EXPECT_NE(left.notes.back().find("1 of 5"), std::string::npos) << left.notes.back();
}

TEST(LeaveOutFaults, RefusesSignalsOfWhichNothingIsLeft) {
  Signals signals{{"ecg"}, {}, {}, {}};
  signals.recordings.push_back({"r", "", kRate, 0, at::zeros({1, 5000}), {{0, 5000, -1}}});
  EXPECT_NE(message<DataError>([&] { leave_out_faults(signals, kGate); }).find("2 of 2"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
