// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/resampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tacit/core/error.h"

namespace tacit {
namespace {

using Rows = std::vector<float>;

/// [count, 2]: a sine of 1 Hz about 5, and a constant.
Rows sine(int64_t count, double rate_hz) {
  Rows rows;
  for (int64_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / rate_hz;
    rows.push_back(static_cast<float>(5 + std::sin(angle)));
    rows.push_back(-9.81F);
  }
  return rows;
}

Rows resampled(Resampler& resampler, const Rows& rows, size_t rows_at_a_time) {
  Rows out;
  for (size_t begin = 0; begin < rows.size(); begin += 2 * rows_at_a_time) {
    const std::span<const float> all = rows;
    resampler.add(all.subspan(begin, std::min(2 * rows_at_a_time, rows.size() - begin)), out);
  }
  resampler.finish(out);
  return out;
}

TEST(Resampler, TellsTheSignalAtTheNewTimes) {
  for (const auto& [from, to] :
       {std::pair{100.0, 50.0}, {60.0, 50.0}, {20.0, 50.0}, {51.2, 50.0}, {44.1, 48.0}}) {
    Resampler resampler(2, from, to);
    const Rows out = resampled(resampler, sine(1000, from), 1000);
    const auto count = static_cast<size_t>(std::llround(1000 * to / from));
    ASSERT_EQ(out.size(), 2 * count) << from;
    const Rows expected = sine(static_cast<int64_t>(count), to);
    for (size_t i = 0; i < count; ++i) {
      // At the ends the continuation is not the sine itself.
      const double tolerance = i > 60 && i + 60 < count ? 1e-3 : 1;
      ASSERT_NEAR(out[2 * i], expected[2 * i], tolerance) << i;
      ASSERT_NEAR(out[2 * i + 1], -9.81, 2e-3) << i;
    }
  }
}

TEST(Resampler, DoesNotCareHowTheStreamIsCut) {
  for (const int64_t count : {1, 2, 60, 77, 78, 79, 300, 9000}) {
    Resampler resampler(2, 60, 50);
    const Rows rows = sine(count, 60), whole = resampled(resampler, rows, rows.size());
    EXPECT_EQ(whole.size(), 2 * static_cast<size_t>(std::max(1L, std::lround(count / 1.2))));
    for (const size_t cut : {1, 7, 5000}) EXPECT_EQ(resampled(resampler, rows, cut), whole);
  }
}

TEST(Resampler, BeginsEachStretchAnew) {
  Resampler used(2, 60, 50), fresh(2, 60, 50);
  resampled(used, sine(500, 7), 500);
  Rows nothing;
  used.finish(nothing);
  EXPECT_TRUE(nothing.empty());
  EXPECT_EQ(resampled(used, sine(500, 60), 500), resampled(fresh, sine(500, 60), 500));
}

TEST(Resampler, TellsRowsNoLaterThanItSays) {
  for (const auto& [from, to] :
       {std::pair{100.0, 50.0}, {20.0, 50.0}, {51.2, 50.0}, {10.0, 1000.0}, {1000.0, 10.0}}) {
    Resampler resampler(2, from, to);
    const Rows rows = sine(static_cast<int64_t>(20 * from), from);
    Rows out;
    double latest = 0;
    for (size_t i = 0; i < rows.size() / 2; ++i) {
      resampler.add(std::span(rows).subspan(2 * i, 2), out);
      const double now = static_cast<double>(i + 1) / from;
      if (now > resampler.start_seconds())
        latest = std::max(latest, now - static_cast<double>(out.size() / 2) / to);
      else
        EXPECT_TRUE(out.empty() || now > resampler.start_seconds() - 1.5 / from);
    }
    EXPECT_LE(latest, resampler.delay_seconds()) << from;
    EXPECT_GT(latest, 0.9 * resampler.delay_seconds()) << from;
  }
}

TEST(Resampler, RefusesFarRates) {
  EXPECT_TRUE(Resampler::takes(1, 256));
  EXPECT_FALSE(Resampler::takes(1, 257));
  EXPECT_THROW(Resampler(1, 50000, 1), ConfigError);
  EXPECT_TRUE(rates_agree(50.04, 50));
  EXPECT_FALSE(rates_agree(50.06, 50));
}

}  // namespace
}  // namespace tacit
