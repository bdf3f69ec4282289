// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/pieces.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace tacit {
namespace {

TEST(PieceBuilder, KeepsWhatIsKnownOfRowsThatMissAnotherChannel) {
  Spool spool("", 2);
  PieceBuilder pieces(Missing::interpolate, 2, spool);
  pieces.begin("r", "s", 10, 3);
  const float nan = std::nanf("");
  pieces.row(std::array{0.0F, 0.0F}, 0, 5);
  pieces.row(std::array{7.0F, nan}, 0, 5.1);
  pieces.skip(1);
  pieces.row(std::array{nan, 6.0F}, 1, 5.3);
  pieces.row(std::array{1.0F, 0.0F}, 1, 5.4);
  pieces.end();
  spool.finish();
  const auto recordings = pieces.recordings();
  ASSERT_EQ(recordings.size(), 1);
  const std::vector<float> first{0, 7, 5, 3, 1}, second{0, 2, 4, 6, 0};
  ASSERT_EQ(recordings[0].length(), 5);
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_FLOAT_EQ(recordings[0].samples[0][i].item<float>(), first[static_cast<size_t>(i)]);
    EXPECT_FLOAT_EQ(recordings[0].samples[1][i].item<float>(), second[static_cast<size_t>(i)]);
  }
  EXPECT_EQ(recordings[0].labels[0].end, 3);
  EXPECT_EQ(pieces.counts().filled_rows, 3);
}

}  // namespace
}  // namespace tacit
