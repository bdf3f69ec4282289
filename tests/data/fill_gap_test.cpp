// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/fill_gap.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(FillGap, DrawsAStraightLineInEachChannel) {
  const std::vector<float> before{0, 10}, after{4, -10};
  std::vector<float> rows{kNan, kNan, kNan, kNan, kNan, kNan};
  fill_gap(before, rows, after);
  EXPECT_EQ(rows, (std::vector<float>{1, 5, 2, 0, 3, -5}));
}

TEST(FillGap, GoesThroughWhatIsKnown) {
  const std::vector<float> before{0, 10}, after{4, 20};
  std::vector<float> rows{6, kNan, kNan, kNan, kNan, 13};
  fill_gap(before, rows, after);
  EXPECT_EQ(rows, (std::vector<float>{6, 11, 16 / 3.0F, 12, 14 / 3.0F, 13}));
}

TEST(FillGap, LeavesWholeRows) {
  std::vector<float> rows{7, 8};
  fill_gap(std::vector<float>{1}, rows, std::vector<float>{2});
  EXPECT_EQ(rows, (std::vector<float>{7, 8}));
  fill_gap(std::vector<float>{1}, {}, std::vector<float>{2});
}

}  // namespace
}  // namespace tacit
