// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/simd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

#include "tacit/kernels/counter_hash.h"
#include "tacit/kernels/fast_fir.h"

namespace tacit::kernels {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<float> random_floats(int64_t count, uint32_t seed = 3) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> made(static_cast<size_t>(count));
  std::ranges::generate(made, [&] { return normal(generator); });
  return made;
}

/// Every version of the routines that this processor runs.
class SimdTest : public testing::TestWithParam<const Simd*> {
 protected:
  const Simd& simd() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Versions, SimdTest, testing::ValuesIn(available_simd()),
                         [](const auto& version) { return version.param->name; });

TEST_P(SimdTest, ProductAgreesWithPlainSums) {
  struct Case {
    int64_t rows, depth, columns, a_row_stride, a_depth_stride;
  };
  for (const Case& c : {Case{1, 1, 1, 1, 1}, Case{13, 9, 5, 3, 1}, Case{25, 30, 33, 4, 1},
                        Case{12, 7, 64, 1, 5}, Case{11, 0, 16, 1, 1}, Case{7, 40, 96, 0, 0},
                        Case{24, 17, 15, 20, 1}, Case{5, 3, 47, 2, 7}}) {
    const int64_t stride = padded_columns(c.columns);
    const auto a = random_floats((c.rows - 1) * c.a_row_stride + c.depth * c.a_depth_stride + 1);
    const auto b = random_floats(c.depth * stride);
    const auto before = random_floats(c.rows * c.columns);
    for (const bool add : {false, true}) {
      std::vector<float> found = before;  // as long as it may be written
      simd().product({.rows = c.rows,
                      .depth = c.depth,
                      .columns = c.columns,
                      .a = a.data(),
                      .a_row_stride = c.a_row_stride,
                      .a_depth_stride = c.a_depth_stride,
                      .b = b.data(),
                      .b_row_stride = stride,
                      .c = found.data(),
                      .c_row_stride = c.columns,
                      .add = add});
      for (int64_t row = 0; row < c.rows; ++row) {
        for (int64_t column = 0; column < c.columns; ++column) {
          const size_t at = static_cast<size_t>(row * c.columns + column);
          double sum = add ? before[at] : 0;
          for (int64_t d = 0; d < c.depth; ++d) {
            sum += static_cast<double>(a[row * c.a_row_stride + d * c.a_depth_stride]) *
                   b[d * stride + column];
          }
          ASSERT_NEAR(found[at], sum, 2e-5) << row << " " << column;
        }
      }
    }
  }
}

/// Taps in parts as the fast FIR algorithm wants them: [k, channels] -> [parts][k / ways,
/// channels].
using Taps = std::vector<std::vector<float>>;
Taps split_taps(const std::vector<float>& taps, size_t, Nested<>) { return {taps}; }

template <class First, class... Rest>
Taps split_taps(const std::vector<float>& taps, size_t channels, Nested<First, Rest...>) {
  Taps parts;
  for (const auto& weights : First::kTaps) {
    std::vector<float> part(taps.size() / First::kWays);
    for (size_t i = 0; i < taps.size(); ++i) {
      const size_t tap = i / channels;
      part[tap / First::kWays * channels + i % channels] += weights[tap % First::kWays] * taps[i];
    }
    const Taps split = split_taps(part, channels, Nested<Rest...>());
    parts.insert(parts.end(), split.begin(), split.end());
  }
  return parts;
}

constexpr int kAllWays[] = {1, 2, 4, 8, 16};

TEST_P(SimdTest, SplitTimesTapsJoinedIsTheCorrelation) {
  for (const int ways : kAllWays) {
    for (const int64_t channels : {1, 5, 16, 37}) {  // each filtered by itself
      const int64_t width = 32, leaf = width / ways, rows = 3, steps = rows * ways - ways / 2;
      const int64_t in_rows = rows + leaf - 1;
      const auto x = random_floats((in_rows * ways + ways - 1) * channels);
      const auto taps = random_floats(width * channels, 4);
      const Taps leaves = with_ways(ways, [&](auto algorithm) {
        return split_taps(taps, static_cast<size_t>(channels), algorithm);
      });
      ASSERT_EQ(static_cast<int64_t>(leaves.size()), parts(ways));
      const int64_t in_stride = in_rows * channels + 3, out_stride = rows * channels + 2;
      std::vector<float> in(static_cast<size_t>(parts(ways) * in_stride), kNan);
      std::vector<float> out(static_cast<size_t>(parts(ways) * out_stride), 0.0F);
      simd().split({ways, in_rows, channels, in_stride}, x.data(), in.data());
      for (int64_t part = 0; part < parts(ways); ++part) {
        for (int64_t row = 0; row < rows; ++row) {
          for (int64_t i = 0; i < leaf * channels; ++i) {
            out[part * out_stride + row * channels + i % channels] +=
                leaves[part][i] * in[part * in_stride + row * channels + i];
          }
        }
      }
      const int64_t y_stride = channels + 1;
      std::vector<float> y(static_cast<size_t>(steps * y_stride), kNan);
      simd().join({ways, rows, channels, out_stride}, out.data(), y.data(), steps, y_stride);
      for (int64_t step = 0; step < steps; ++step) {
        EXPECT_TRUE(std::isnan(y[step * y_stride + channels])) << "written between the rows";
        for (int64_t c = 0; c < channels; ++c) {
          double sum = 0;
          for (int64_t j = 0; j < width; ++j) {
            sum += static_cast<double>(x[(step + j) * channels + c]) * taps[j * channels + c];
          }
          ASSERT_NEAR(y[step * y_stride + c], sum, 1e-4) << ways << " " << channels;
        }
      }
    }
  }
}

TEST_P(SimdTest, SpreadIsTheTransposeOfJoin) {
  for (const int ways : kAllWays) {
    for (const int64_t channels : {1, 16, 21}) {
      const Split sizes{ways, 4, channels, 4 * channels};
      const int64_t steps = 4 * ways;
      const auto of_parts = random_floats(parts(ways) * sizes.part_stride);
      const auto of_steps = random_floats(steps * channels, 5);
      std::vector<float> joined(of_steps.size()), spread(of_parts.size());
      simd().join(sizes, of_parts.data(), joined.data(), steps, channels);
      simd().spread(sizes, of_steps.data(), spread.data());
      const double one = std::inner_product(joined.begin(), joined.end(), of_steps.begin(), 0.0);
      const double other = std::inner_product(spread.begin(), spread.end(), of_parts.begin(), 0.0);
      EXPECT_NEAR(one, other, 1e-4 * std::abs(one) + 1e-2) << ways;
    }
  }
}

TEST_P(SimdTest, ActivationAndItsDerivativeFollowTheDefinition) {
  const uint32_t threshold = 1U << 30;
  const std::vector<Activation> kinds = {
      {},
      {.slope = 0.2F, .slope_at_zero = 0.2F},
      {.threshold = threshold, .scale = 4.0F / 3},
      {.slope = 0.2F, .threshold = threshold, .scale = 4.0F / 3}};
  for (const Activation& kind : kinds) {
    for (const int64_t outputs : {1, 19, 64}) {
      const int64_t rows = 9, count = rows * outputs;
      std::vector<float> x = random_floats(count);
      x[3] = kNan, x[4] = -kInfinity, x[5] = kInfinity;
      const auto bias = random_floats(outputs, 6);
      const auto gradient = random_floats(count, 7);
      std::vector<float> y = x, gated(x.size());
      simd().activate(kind, y.data(), rows, outputs, bias.data(), 77, 5);
      simd().gate(kind, y.data(), gradient.data(), gated.data(), count);
      for (int64_t i = 0; i < count; ++i) {
        const float sum = x[i] + bias[i % outputs];
        const bool kept = counter_hash((static_cast<uint32_t>(i) + 5) ^ 77U) >= kind.threshold;
        const float open = sum < 0 ? (kind.slope == 0 ? 0 : sum * kind.slope) : sum;
        const float expected = kept ? open * kind.scale : 0;
        const float slope = (sum > 0 || std::isnan(sum) ? 1 : kind.slope) * kind.scale;
        if (std::isnan(expected)) {
          EXPECT_TRUE(std::isnan(y[i]));
        } else {
          EXPECT_FLOAT_EQ(y[i], expected) << i;
        }
        EXPECT_FLOAT_EQ(gated[i], kept ? gradient[i] * slope : 0) << i;
      }
    }
  }
}

TEST_P(SimdTest, LargestIsTheFirstAndNanAboveAll) {
  for (const int64_t outputs : {1, 18, 32}) {
    std::vector<float> y = random_floats(11 * outputs);
    y[7 * outputs] = y[3 * outputs] = 100;
    if (outputs > 1) y[5 * outputs + 1] = y[8 * outputs + 1] = kNan;
    std::vector<float> value(static_cast<size_t>(outputs));
    std::vector<int32_t> row(static_cast<size_t>(outputs));
    simd().largest(y.data(), 11, outputs, value.data(), row.data());
    EXPECT_EQ(row[0], 3);
    EXPECT_EQ(value[0], 100);
    for (int64_t o = 1; o < outputs; ++o) {
      if (o == 1) {
        EXPECT_EQ(row[1], 5);
        EXPECT_TRUE(std::isnan(value[1]));
        continue;
      }
      for (int64_t t = 0; t < 11; ++t) EXPECT_LE(y[t * outputs + o], value[o]);
      EXPECT_EQ(y[row[o] * outputs + o], value[o]);
    }
  }
}

TEST_P(SimdTest, AddScaledAndIsFiniteSeeEveryElement) {
  for (const int64_t count : {0, 1, 15, 16, 50}) {
    const auto source = random_floats(count);
    std::vector<float> target = random_floats(count, 9);
    const std::vector<float> before = target;
    simd().add_scaled(target.data(), source.data(), 2, count);
    for (int64_t i = 0; i < count; ++i) EXPECT_FLOAT_EQ(target[i], before[i] + 2 * source[i]);
    EXPECT_TRUE(simd().is_finite(target.data(), count));
    for (int64_t i = 0; i < count; ++i) {
      for (const float bad : {kNan, kInfinity, -kInfinity}) {
        std::vector<float> one = target;
        one[i] = bad;
        EXPECT_FALSE(simd().is_finite(one.data(), count)) << i;
      }
    }
  }
}

}  // namespace
}  // namespace tacit::kernels
