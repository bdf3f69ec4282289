// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/frames.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/data/read_frames.h"

namespace tacit {
namespace {

TEST(HeldFrames, AreReadInAnyOrder) {
  const HeldFrames frames(at::arange(24, at::kByte).view({4, 3, 1, 2}));
  EXPECT_EQ(frames.sizes(), (std::vector<int64_t>{4, 3, 1, 2}));
  EXPECT_EQ(read_frames(frames, {3, 0, 3}),
            (std::vector<std::vector<uint8_t>>{
                {18, 19, 20, 21, 22, 23}, {0, 1, 2, 3, 4, 5}, {18, 19, 20, 21, 22, 23}}));
  EXPECT_EQ(frames.checksum_of(1), checksum({"\x06\x07\x08\x09\x0a\x0b"}));
}

TEST(HeldFrames, RefuseWhatIsNotPixels) {
  EXPECT_THROW(HeldFrames(at::zeros({3, 2, 2, 3}, at::kByte)), ShapeError);
  EXPECT_THROW(HeldFrames(at::zeros({3, 1, 2, 3})), ShapeError);
  EXPECT_THROW(HeldFrames(at::zeros({3, 1, 2, 3}, at::kByte).transpose(2, 3)), ShapeError);
  EXPECT_THROW(HeldFrames{Tensor()}, ShapeError);
}

}  // namespace
}  // namespace tacit
