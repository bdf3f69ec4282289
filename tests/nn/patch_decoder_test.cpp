// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/patch_decoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tests/nn/numbers.h"

namespace tacit {
namespace {

PatchDecoder decoder() {
  return {{.width = 8, .depth = 2, .heads = 2},
          {.grid = {.length = 2, .stride = 2, .count = 5}, .width = 6, .samples = 7},
          Rng(1)};
}

Tensor places(std::vector<int64_t> order) { return at::tensor(order).view({1, -1}); }

TEST(PatchDecoder, RebuildsEveryPatchWhateverIsKnown) {
  const PatchDecoder rebuild = decoder();
  for (const int64_t known : {1, 3, 5})
    EXPECT_EQ(rebuild.forward(numbers({1, known, 6}, 1), places({3, 1, 4, 0, 2})).sizes(),
              (std::vector<int64_t>{1, 5, 7}));
}

TEST(PatchDecoder, PutsEachCodeAtItsPlace) {
  const PatchDecoder rebuild = decoder();
  const Tensor codes = numbers({1, 3, 6}, 1);
  const Tensor turned = codes.index_select(1, at::tensor(std::vector<int64_t>{2, 0, 1}));
  // The same codes at the same places, listed in another order; hidden ones too.
  const Tensor one = rebuild.forward(codes, places({3, 1, 4, 0, 2}));
  EXPECT_TRUE(one.allclose(rebuild.forward(turned, places({4, 3, 1, 2, 0})), 1e-4, 1e-5));
  EXPECT_FALSE(one.allclose(rebuild.forward(codes, places({1, 3, 4, 0, 2})), 1e-3, 1e-3));
}

TEST(PatchDecoder, TellsMissingPatchesApartByTheirPlaces) {
  const Tensor rebuilt = decoder().forward(numbers({1, 1, 6}, 1), places({0, 1, 2, 3, 4}));
  EXPECT_FALSE(rebuilt.select(1, 1).allclose(rebuilt.select(1, 3), 1e-3, 1e-3));
}

}  // namespace
}  // namespace tacit
