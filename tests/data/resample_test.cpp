// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/resample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// 1 + sin of 3 Hz at the recording's rate, and a constant.
Signals sine(double rate_hz, int64_t length) {
  Signals signals{{"x", "g"},
                  {"a", "b"},
                  {counting("r", "", {{0, length / 3, 0}, {length / 3, length, 1}})},
                  {}};
  Recording& recording = signals.recordings[0];
  recording.rate_hz = rate_hz;
  float* out = recording.samples.mutable_data_ptr<float>();
  for (int64_t i = 0; i < length; ++i) {
    out[i] =
        static_cast<float>(1 + std::sin(6 * std::numbers::pi * static_cast<double>(i) / rate_hz));
    out[length + i] = -9.81F;
  }
  return signals;
}

TEST(Resample, KeepsASineInPhaseAndAmplitudeAndAConstantConstant) {
  for (const auto& [from, to] :
       {std::pair{100.0, 50.0}, {60.0, 50.0}, {20.0, 50.0}, {51.2, 50.0}}) {
    const int64_t length = 10007;
    const Signals out = resample(sine(from, length), to, "");
    const Recording& recording = out.recordings[0];
    ASSERT_EQ(recording.length(), std::llround(static_cast<double>(length) * to / from));
    EXPECT_EQ(recording.rate_hz, to);
    for (int64_t i = 0; i < recording.length(); ++i) {
      const double expected = 1 + std::sin(6 * std::numbers::pi * static_cast<double>(i) / to);
      // At the very ends the continuation is not the sine itself, and the last new samples may
      // lie behind the last that was measured.
      const bool end = i < 50 || i > recording.length() - 50;
      const bool measured = static_cast<double>(i) / to <= static_cast<double>(length - 1) / from;
      const double tolerance = !measured ? 1 : end ? 0.1 : 1e-3;
      ASSERT_NEAR(recording.samples[0][i].item<double>(), expected, tolerance) << from << " " << i;
      ASSERT_NEAR(recording.samples[1][i].item<double>(), -9.81, 2e-3) << from << " " << i;
    }
    ASSERT_EQ(recording.labels.size(), 2);
    EXPECT_EQ(recording.labels[0].end, std::llround(static_cast<double>(length / 3) * to / from));
    EXPECT_EQ(recording.labels[1].end, recording.length());
  }
}

TEST(Resample, LeavesRatesThatAgree) {
  const Signals in = sine(50.04, 100);
  const Signals out = resample(in, 50, "");
  EXPECT_TRUE(out.recordings[0].samples.is_same(in.recordings[0].samples));
  EXPECT_TRUE(out.notes.empty());
}

TEST(Resample, TakesShortRecordingsAndRefusesFarRates) {
  EXPECT_EQ(resample(sine(100, 3), 50, "").recordings[0].length(), 2);
  EXPECT_THROW(resample(sine(50000, 10), 1, ""), ConfigError);
}

}  // namespace
}  // namespace tacit
