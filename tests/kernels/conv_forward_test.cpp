// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/conv_forward.h"

#include <ATen/Parallel.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/kernels/chains.h"

namespace tacit::kernels {
namespace {

TEST(ConvChainThreads, MayShareAWindow) {
  const Case c{3, 400, 3, {{32, 24}, {64, 16, 1, false, .1}, {96, 8}}};
  std::vector<Tensor> in = inputs(c);
  const int threads = at::get_num_threads();
  for (Tensor& tensor : in) tensor = tensor.detach();
  for (const float value : {0.5F, kInfinity}) {
    in[0][1][200][1] = value;
    for (const int64_t windows : {1, 2, 3}) {
      const Tensor x = in[0].slice(0, 0, windows);
      for (const bool global_max : {false, true}) {
        at::set_num_threads(1);
        const Tensor one = conv_chain(x, layers(c, in), global_max);
        at::set_num_threads(7);
        const Tensor shared = conv_chain(x, layers(c, in), global_max);
        EXPECT_TRUE(at::equal(one.nan_to_num(), shared.nan_to_num())) << value << " " << windows;
        EXPECT_TRUE(at::equal(one.isnan(), shared.isnan())) << value << " " << windows;
      }
    }
  }
  at::set_num_threads(threads);
}

TEST(ConvChainCaches, FollowTheWeights) {
  const Case c{2, 40, 3, {{8, 5}, {7, 4}}};
  std::vector<Tensor> in = inputs(c);
  for (Tensor& tensor : in) tensor = tensor.detach();
  ConvChainCache cache;
  const auto cached = [&] { return conv_chain(in[0], layers(c, in), true, 0, &cache); };
  const auto anew = [&] { return conv_chain(in[0], layers(c, in), true); };
  const Tensor before = cached();
  EXPECT_TRUE(at::equal(before, anew()));
  const auto filters = cache.filters(layers(c, in));
  EXPECT_EQ(cache.filters(layers(c, in)), filters) << "arranged again for nothing";
  in[3].add_(0.1);  // written to
  EXPECT_FALSE(at::equal(cached(), before));
  EXPECT_TRUE(at::equal(cached(), anew()));
  in[2].set_data(in[2] * 2);  // exchanged
  EXPECT_TRUE(at::equal(cached(), anew()));
  in[4] = in[4] + 1;  // another tensor
  EXPECT_TRUE(at::equal(cached(), anew()));
}

}  // namespace
}  // namespace tacit::kernels
