// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/butterworth.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include "tacit/core/error.h"

namespace tacit {
namespace {

double gain(const std::vector<FilterSection>& sections, double hz, double rate_hz) {
  const std::complex<double> delay = std::polar(1.0, -2 * std::numbers::pi * hz / rate_hz);
  std::complex<double> response = 1;
  for (const auto& [b0, b1, b2, a1, a2] : sections)
    response *= (b0 + delay * (b1 + delay * b2)) / (1.0 + delay * (a1 + delay * a2));
  return std::abs(response);
}

std::vector<double> wave(size_t length) {
  std::vector<double> out;
  for (size_t i = 0; i < length; ++i) {
    const auto step = static_cast<double>(i);
    out.push_back(2 + std::sin(0.02 * step) + 0.3 * std::sin(0.7 * step) + 0.001 * step);
  }
  return out;
}

TEST(Butterworth, HasHalfThePowerAtItsEdgeAndFallsWithItsOrder) {
  for (const int64_t order : {2, 4, 6, 8}) {
    for (const double edge : {0.05, 0.8, 20.0, 100.0}) {
      const auto high = butterworth(FilterKind::high_pass, order, edge, 250);
      const auto low = butterworth(FilterKind::low_pass, order, edge, 250);
      EXPECT_NEAR(gain(high, edge, 250), std::numbers::sqrt2 / 2, 1e-6) << order << " " << edge;
      EXPECT_NEAR(gain(low, edge, 250), std::numbers::sqrt2 / 2, 1e-6) << order << " " << edge;
      EXPECT_NEAR(gain(high, 124.99, 250), 1, 1e-3);
      EXPECT_NEAR(gain(low, 0, 250), 1, 1e-6);
      EXPECT_EQ(gain(high, 0, 250), 0);
    }
    const auto high = butterworth(FilterKind::high_pass, order, 1, 1000);
    EXPECT_NEAR(gain(high, 0.1, 1000), std::pow(10, -order), 1e-3 * std::pow(10, -order));
  }
}

// butter(order, 10, btype, fs=100, output="sos") and sosfilt of a single 1, scipy 1.17.1.
TEST(Butterworth, RespondsToAnImpulseAsScipyDoes) {
  struct Case {
    FilterKind kind;
    int64_t order;
    std::array<double, 5> expected;  // at the steps 0, 1, 2, 5, 20
  };
  const std::array<Case, 6> cases{{
      {FilterKind::low_pass,
       2,
       {0.0674552738890719, 0.212010610626842, 0.281933623305706, 0.076729000045186,
        5.03216205295713e-06}},
      {FilterKind::low_pass,
       4,
       {0.00482434335771623, 0.0307287177680858, 0.0905946819548829, 0.2334571878676,
        -0.00222279239538365}},
      {FilterKind::low_pass,
       8,
       {2.39596441037762e-05, 0.000306312426923525, 0.00188616693746412, 0.0488858667054182,
        0.0311087404083384}},
      {FilterKind::high_pass,
       2,
       {0.638945525159022, -0.547588772876164, -0.250695499530237, 0.0642260990976684,
        0.000131222642521808}},
      {FilterKind::high_pass,
       4,
       {0.432846644990292, -0.705750824541565, -0.0768080103652539, 0.123771226672213,
        -0.00580237811989449}},
      {FilterKind::high_pass,
       8,
       {0.192873274796641, -0.62018114226198, 0.418616505862926, -0.20148555931397,
        0.0293995074065848}},
  }};
  for (const auto& [kind, order, expected] : cases) {
    RunningFilter filter(butterworth(kind, order, 10, 100));
    std::vector<double> response;
    for (int step = 0; step <= 20; ++step) response.push_back(filter.next(step == 0 ? 1 : 0));
    const std::array<size_t, 5> steps{0, 1, 2, 5, 20};
    for (size_t i = 0; i < steps.size(); ++i)
      EXPECT_NEAR(response[steps[i]], expected[i], 1e-12) << order << " " << steps[i];
  }
}

// sosfiltfilt(butter(2, 20, "low", fs=250, output="sos"), x, padlen=15), scipy 1.17.1.
TEST(Butterworth, FiltersBothWaysAsScipyDoesUpToTheEnds) {
  const auto sections = butterworth(FilterKind::low_pass, 2, 20, 250);
  EXPECT_EQ(std::ceil(5 * time_constant(sections)), 15);
  std::vector<double> values = wave(300);
  filter_both_ways(sections, values);
  EXPECT_NEAR(values[0], 2.00054251856, 1e-10);
  EXPECT_NEAR(values[150], 2.23386415956, 1e-10);
  EXPECT_NEAR(values[299], 2.27863740152, 1e-10);
}

TEST(Butterworth, FiltersBothWaysTheSameFromEitherEnd) {
  const auto sections = butterworth(FilterKind::high_pass, 4, 1, 250);
  std::vector<double> forth = wave(2500), back(forth.rbegin(), forth.rend());
  filter_both_ways(sections, forth);
  filter_both_ways(sections, back);
  for (size_t i = 500; i < 2000; ++i) ASSERT_NEAR(forth[i], back[2499 - i], 1e-4) << i;
}

TEST(Butterworth, LeavesALineAndTakesItOut) {
  std::vector<double> low(400), high;
  for (size_t i = 0; i < low.size(); ++i) low[i] = 5 - 0.01 * static_cast<double>(i);
  high = low;
  const std::vector<double> line = low;
  filter_both_ways(butterworth(FilterKind::low_pass, 4, 10, 100), low);
  filter_both_ways(butterworth(FilterKind::high_pass, 4, 10, 100), high);
  for (size_t i = 0; i < line.size(); ++i) {
    EXPECT_NEAR(low[i], line[i], 1e-3) << i;
    EXPECT_NEAR(high[i], 0, 1e-3) << i;
  }
}

TEST(Butterworth, TakesAnyNumberOfValuesAndNoSections) {
  const auto sections = butterworth(FilterKind::high_pass, 8, 0.05, 1000);
  for (size_t length = 0; length < 4; ++length) {
    std::vector<double> values(length, 7);
    filter_both_ways(sections, values);
    ASSERT_EQ(values.size(), length);
    for (const double value : values) EXPECT_NEAR(value, 0, 1e-9);
  }
  std::vector<double> values{1, 2, 3};
  filter_both_ways({}, values);
  EXPECT_EQ(values, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(RunningFilter({}).next(4), 4);
}

TEST(Butterworth, RefusesWhatItCannotMake) {
  for (const int64_t order : {-2, 0, 1, 3, 10})
    EXPECT_THROW(butterworth(FilterKind::low_pass, order, 1, 100), ConfigError) << order;
  for (const double edge : {-1.0, 0.0, 50.0, 60.0, std::nan("")})
    EXPECT_THROW(butterworth(FilterKind::low_pass, 2, edge, 100), ConfigError) << edge;
}

}  // namespace
}  // namespace tacit
