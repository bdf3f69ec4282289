// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/vision_transformer.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/nn/image_transformer.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

/// Two times of 4 lines of 6 patches.
const PatchGrid kGrid{.length = 2, .stride = 2, .count = 48, .columns = 6, .frames = 3, .times = 2};

VisionTransformer make(int64_t rows, int64_t columns, Pooling pooling = Pooling::mean) {
  return {{.width = 4,
           .depth = 1,
           .heads = 2,
           .hidden = 8,
           .pooling = pooling,
           .cell_rows = rows,
           .cell_columns = columns},
          kGrid,
          /*channels=*/1,
          Rng(1)};
}

TEST(VisionTransformer, PoolsEachCellOverItsTokensAndAllTimes) {
  const VisionTransformer encoder = make(2, 3);
  ASSERT_EQ(encoder.features(), 24);
  const Tensor tokens = numbers({5, 48, 4}, 1), features = encoder.pool_tokens(tokens);
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t column = 0; column < 3; ++column) {
      Tensor sum = at::zeros({5, 4});
      for (int64_t time = 0; time < 2; ++time)
        for (int64_t y = 2 * row; y < 2 * row + 2; ++y)
          for (int64_t x = 2 * column; x < 2 * column + 2; ++x)
            sum += tokens.select(1, time * 24 + y * 6 + x);
      EXPECT_TRUE(features.slice(1, (row * 3 + column) * 4, (row * 3 + column + 1) * 4)
                      .allclose(sum / 8, 1e-5, 1e-6));
    }
  EXPECT_THROW(encoder.pool_tokens(tokens.slice(1, 1)), ShapeError);
}

TEST(VisionTransformer, OfOneCellPoolsAnyTokens) {
  const VisionTransformer encoder = make(1, 1, Pooling::max_mean);
  const Tensor some = numbers({5, 7, 4}, 1);
  EXPECT_TRUE(encoder.pool_tokens(some).equal(pool(some, Pooling::max_mean)));
  EXPECT_EQ(encoder.features(), 8);
}

TEST(VisionTransformer, RefusesCellsThatDoNotFit) {
  EXPECT_NE(message_of<ConfigError>([] { make(3, 1); }).find("4 lines and 6 columns"),
            std::string::npos);
  EXPECT_NE(message_of<ConfigError>([] { make(2, 1, Pooling::max_mean); }).find("\"mean\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
