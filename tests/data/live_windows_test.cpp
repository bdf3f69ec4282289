// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/live_windows.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tacit/data/readers/sample_stream.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr double kRate = 50;

/// Of a file with columns t, x and y.
DataConfig config_of(int64_t length, double overlap) {
  DataConfig config;
  config.source = Source::csv;
  config.file.channels = {"x", "y"};
  config.file.subject = config.file.label = "";
  config.file.recording = {};
  config.file.time_unit = TimeUnit::s;
  config.file.file_rate_hz = kRate;
  config.window = {.length = {static_cast<double>(length)}, .overlap = overlap};
  return config;
}

double wave(int64_t step, double phase) {
  const auto i = static_cast<double>(step);
  return 3 + std::sin(0.05 * i + phase) + 0.4 * std::sin(0.9 * i) + 0.002 * i +
         0.1 * std::sin(1.7 * i * i);
}

/// Lines of `count` samples; those in `empty` have no x, those in `absent` no line.
std::string lines(int64_t count, const std::set<int64_t>& empty = {},
                  const std::set<int64_t>& absent = {}, double rate_hz = kRate) {
  std::string out = "t,x,y\n";
  char line[96];
  for (int64_t i = 0; i < count; ++i) {
    if (absent.contains(i)) continue;
    char x[32] = "";
    if (!empty.contains(i)) std::snprintf(x, sizeof x, "%.9g", wave(i, 0));
    std::snprintf(line, sizeof line, "%.9g,%s,%.9g\n", static_cast<double>(i) / rate_hz, x,
                  wave(i, 2));
    out += line;
  }
  return out;
}

std::set<int64_t> range(int64_t begin, int64_t end) {
  std::set<int64_t> steps;
  for (int64_t i = begin; i < end; ++i) steps.insert(i);
  return steps;
}

SignalWindows batch(DataConfig config, const std::string& csv) {
  const TemporaryFolder folder;
  config.file.path = folder.write("stream.csv", csv);
  return SignalWindows(load_signals(config), config.window);
}

std::vector<LiveWindow> live(const DataConfig& config, const std::string& csv, const Spec& model,
                             int64_t hop) {
  LiveWindows windows(config, model, config.file.file_rate_hz, hop);
  const auto samples =
      sample_stream(SampleFormat::csv, config.file, config.file.file_rate_hz, nullptr);
  std::vector<LiveWindow> all;
  const auto keep = [&] {
    for (LiveWindow& window : windows.take()) all.push_back(std::move(window));
  };
  const auto take = [&](std::span<const float> sample, int64_t missing_before) {
    if (missing_before > 0) windows.skip(missing_before);
    windows.add(sample);
    keep();
  };
  samples->read(csv, take);
  samples->finish(take);
  windows.finish();
  keep();
  return all;
}

/// Streams what the file holds and compares the windows that have samples with the file's, each
/// sample. Returns all windows.
std::vector<LiveWindow> compare(const DataConfig& config, const std::string& csv, int64_t hop) {
  const SignalWindows expected = batch(config, csv);
  const std::vector<LiveWindow> windows = live(config, csv, expected.spec(), hop);
  int64_t row = 0;
  double before = -1;
  for (const LiveWindow& window : windows) {
    EXPECT_GT(window.begin_seconds, before);
    before = window.begin_seconds;
    EXPECT_NEAR(window.end_seconds - window.begin_seconds,
                static_cast<double>(expected.length()) / expected.spec().rate_hz, 1e-9);
    EXPECT_EQ(window.x.defined(), window.fault == "none") << window.begin_seconds;
    if (!window.x.defined()) continue;
    if (row == expected.size()) return ADD_FAILURE() << "too many windows", windows;
    const Recording& from = expected.recording(row);
    EXPECT_NEAR(
        window.begin_seconds,
        from.start_seconds +
            static_cast<double>(expected.windows()[static_cast<size_t>(row)].begin) / from.rate_hz,
        1e-6);
    EXPECT_EQ(window.usable, 1);
    const double error =
        expected.read(std::vector<int64_t>{row}).x[0].sub(window.x).abs().max().item<double>();
    EXPECT_LT(error, 1e-5) << "window " << row;  // NaN is not less
    ++row;
  }
  EXPECT_EQ(row, expected.size());
  return windows;
}

std::string faults_of(const std::vector<LiveWindow>& windows) {
  std::string all;
  for (const LiveWindow& window : windows)
    if (!window.x.defined())
      all += text("{} {} {}; ", window.begin_seconds, window.fault, window.usable);
  return all;
}

TEST(LiveWindows, EqualThoseOfAFile) {
  for (const auto& [overlap, hop] : {std::pair{0.0, 40}, {0.5, 20}, {0.8, 8}, {0.9, 4}})
    EXPECT_EQ(compare(config_of(40, overlap), lines(500), hop).size(), (500u - 40) / hop + 1);
}

TEST(LiveWindows, EqualThoseOfAFilteredFile) {
  DataConfig config = config_of(40, 0.5);
  config.high_pass = {.hz = 0.5, .phase = FilterPhase::causal, .order = 4};
  compare(config, lines(500), 20);
}

TEST(LiveWindows, EqualThoseOfAResampledFileAtTheEndsToo) {
  for (const double rate_hz : {40.0, 64.0, 25.0, 31.7}) {
    DataConfig config = config_of(20, 0.5);
    config.rate_hz = rate_hz;
    config.high_pass = {.hz = 0.5, .phase = FilterPhase::causal, .order = 2};
    for (const int64_t count : {1000, 83, 50}) compare(config, lines(count), 10);
  }
}

TEST(LiveWindows, ComeAsSoonAsTheirLastSampleIsThere) {
  const DataConfig config = config_of(10, 0);
  LiveWindows windows(config, batch(config, lines(100)).spec(), kRate, 10);
  for (int64_t i = 1; i <= 100; ++i) {
    windows.add(std::vector<float>{1, 2});
    EXPECT_EQ(windows.take().size(), i % 10 == 0 ? 1 : 0) << i;
  }
}

TEST(LiveWindows, ComeNoLaterThanTheResamplersDelay) {
  DataConfig config = config_of(10, 0);
  config.rate_hz = 40;
  LiveWindows windows(config, batch(config, lines(100)).spec(), kRate, 10);
  const Resampler resampler(2, kRate, 40);
  for (int64_t i = 1; i <= 400; ++i) {
    windows.add(std::vector<float>{1, 2});
    const double now = static_cast<double>(i) / kRate;
    for (const LiveWindow& window : windows.take())
      EXPECT_LE(
          now, std::max(window.end_seconds + resampler.delay_seconds(), resampler.start_seconds()) +
                   1.5 / kRate);
  }
  EXPECT_EQ(windows.notes().size(), 1u);
}

TEST(LiveWindows, MayLeaveSamplesOutBetweenThem) {
  DataConfig config = config_of(20, 0);
  config.high_pass = {.hz = 0.5, .phase = FilterPhase::causal};
  const SignalWindows expected = batch(config, lines(200));  // every 20 samples
  const std::vector<LiveWindow> windows = live(config, lines(200), expected.spec(), 60);
  ASSERT_EQ(windows.size(), 4u);  // 0, 60, 120, 180
  for (size_t i = 0; i < 4; ++i)
    EXPECT_TRUE(windows[i].x.equal(expected.read(std::vector{static_cast<int64_t>(3 * i)}).x[0]));
}

TEST(LiveWindows, FillShortGapsAndBeginAnewBehindLongOnes) {
  DataConfig config = config_of(20, 0.5);  // filled are 10 samples
  config.high_pass = {.hz = 0.5, .phase = FilterPhase::causal};
  std::set<int64_t> empty = range(50, 60);
  EXPECT_EQ(faults_of(compare(config, lines(200, empty), 10)), "");
  empty = range(53, 64);
  EXPECT_EQ(faults_of(compare(config, lines(200, empty), 10)),
            "0.8 missing 0.65; 1 missing 0.45; 1.2 missing 0.8; ");
  config.file.missing = Missing::drop;
  empty = {53};
  EXPECT_EQ(faults_of(compare(config, lines(200, empty), 10)),
            "0.8 missing 0.95; 1 missing 0.95; ");
}

TEST(LiveWindows, TellEveryHopWhileSamplesAreMissing) {
  const DataConfig config = config_of(20, 0.5);
  std::set<int64_t> empty = range(0, 3);  // the stream begins with a gap
  for (const int64_t step : range(63, 120)) empty.insert(step);
  EXPECT_EQ(faults_of(compare(config, lines(163, empty), 10)),
            "0 missing 0.85; 1.06 missing 0.5; 1.26 missing 0; 1.46 missing 0; 1.66 missing 0; "
            "1.86 missing 0; 2.06 missing 0.15; 2.26 missing 0.65; ");
}

TEST(LiveWindows, PassOverJumpsInTime) {
  DataConfig config = config_of(20, 0.5);
  EXPECT_EQ(faults_of(compare(config, lines(200, {}, range(50, 60)), 10)), "");
  EXPECT_EQ(faults_of(compare(config, lines(100000, {}, range(55, 99900)), 10)),
            "0.8 missing 0.75; 1 missing 0.25; ");
}

TEST(LiveWindows, RestartTheResamplerBehindAGap) {
  DataConfig config = config_of(20, 0.5);
  config.rate_hz = 40;
  std::set<int64_t> empty = range(133, 150);
  for (const int64_t step : range(400, 420)) empty.insert(step);
  compare(config, lines(900, empty), 10);
}

/// A beat a second, at 250 Hz, that stands still and is cut off in places.
std::string heart() {
  std::string out = "t,x,y\n";
  char line[96];
  for (int64_t i = 0; i < 250 * 60; ++i) {
    const double phase = static_cast<double>(i % 250) / 250;
    const auto bump = [&](double at, double width) {
      return std::exp(-0.5 * std::pow((phase - at) / width, 2));
    };
    double value = bump(0.3, 0.012) + 0.25 * bump(0.6, 0.04) + 0.02 * std::sin(1.3 * i * 0.9);
    if (i >= 250 * 22 && i < 250 * 24) value = 0.5;
    const double other = i >= 250 * 41 && i < 250 * 48 ? 0.1 : value + 0.05 * std::sin(0.01 * i);
    std::snprintf(line, sizeof line, "%.9g,%.9g,%.9g\n", i / 250.0, value, other);
    out += line;
  }
  return out;
}

TEST(LiveWindows, JudgeQualityAsOfAFile) {
  DataConfig config = config_of(500, 0.5);
  config.file.file_rate_hz = 250;
  config.quality = {.enabled = true, .seconds = 5};
  config.high_pass = {.hz = 0.8, .phase = FilterPhase::causal};
  EXPECT_EQ(faults_of(compare(config, heart(), 250)),
            "19 flat 0.5; 20 flat 0; 21 flat 0; 22 flat 0; 23 flat 0; 24 flat 0.5; "
            "39 lead_off 0.5; 40 lead_off 0; 41 lead_off 0; 42 lead_off 0; 43 lead_off 0; "
            "44 lead_off 0; 45 lead_off 0; 46 lead_off 0; 47 lead_off 0; 48 lead_off 0; "
            "49 lead_off 0.5; ");
  config.rate_hz = 100;
  config.window.length = {200};
  compare(config, heart(), 100);
}

TEST(LiveWindows, ScaleByTheSamplesSoFar) {
  DataConfig config = config_of(100, 0);
  config.scale_people = true;
  const std::string csv = lines(5000);
  const SignalWindows expected = batch(config, csv);
  const std::vector<LiveWindow> windows = live(config, csv, expected.spec(), 100);
  ASSERT_EQ(windows.size(), 50u);
  for (const LiveWindow& window : windows) {
    const bool settled = window.end_seconds >= LiveWindows::kScaleSeconds;
    EXPECT_EQ(window.x.defined(), settled) << window.end_seconds;
    EXPECT_EQ(window.fault, settled ? "none" : "settling");
  }
  // With all samples seen, the scale is that of the whole recording.
  EXPECT_TRUE(windows[49].x.allclose(expected.read(std::vector<int64_t>{49}).x[0], 1e-4, 1e-4));
  EXPECT_FALSE(windows[20].x.allclose(expected.read(std::vector<int64_t>{20}).x[0], 1e-4, 1e-4));
}

TEST(LiveWindows, RefuseWhatNeedsTheWholeRecordingOrItsLabels) {
  DataConfig config = config_of(40, 0);
  const Spec model = batch(config, lines(100)).spec();
  config.high_pass = {.hz = 0.5};
  EXPECT_NE(message<ConfigError>([&] {
              LiveWindows(config, model, kRate, 40);
            }).find("data.high_pass.phase = \"causal\""),
            std::string::npos);
  config.high_pass = {};
  config.window.per_label = true;
  EXPECT_THROW(LiveWindows(config, model, kRate, 40), ConfigError);
  config.window.per_label = false;
  EXPECT_THROW(LiveWindows(config, model, kRate, 0), ConfigError);
  EXPECT_THROW(LiveWindows(config, model, kRate * 1000, 40), ConfigError);
  config.high_pass = {.hz = 30, .phase = FilterPhase::causal};
  EXPECT_THROW(LiveWindows(config, model, kRate, 40), ConfigError);
  config.high_pass = {};
  config.quality.enabled = true;
  EXPECT_NO_THROW(LiveWindows(config, model, kRate, 40));
  EXPECT_THROW(LiveWindows(config, model, 30, 40), ConfigError);  // no heart beat can be seen
}

}  // namespace
}  // namespace tacit
