// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/average.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/core/weights.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

struct Small final : torch::nn::Module {
  Small()
      : w(register_parameter("w", at::zeros({2}))),
        n(register_buffer("n", at::zeros({}, at::kLong))) {}
  void set(double value) {
    const c10::AutoGradMode no_grad(false);
    w.fill_(value), n.fill_(static_cast<int64_t>(value));
  }
  Tensor w, n;
};

TEST(WeightAverage, FollowsItsDefinition) {
  Small module;
  module.set(2);
  WeightAverage average(module, 0.5);
  double expected = 2;
  for (int64_t step = 0; step < 20; ++step) {
    const double value = static_cast<double>(step * step % 7), t = static_cast<double>(step);
    module.set(value);
    average.update(module, step);
    const double keep = std::min(0.5, (1 + t) / (10 + t));
    expected = keep * expected + (1 - keep) * value;
    EXPECT_NEAR(average.weights().at("w")[0].item<double>(), expected, 1e-5);
    EXPECT_EQ(average.weights().at("n").item<int64_t>(), static_cast<int64_t>(value));
  }
}

TEST(WeightAverage, GoesOnFromWhatWasSaved) {
  Small module;
  WeightAverage a(module, 0.9), b(module, 0.9);
  module.set(3);
  a.update(module, 4);
  b.restore(a.weights());
  module.set(5);
  a.update(module, 5), b.update(module, 5);
  EXPECT_TRUE(a.weights().at("w").equal(b.weights().at("w")));
  EXPECT_NE(message_of<StateError>([&] { b.restore({}); }).find("\"n\""), std::string::npos);
}

TEST(AveragedModule, HasTheAverageForAWhile) {
  Small module;
  module.set(1);
  const WeightAverage average(module, 0.9);
  module.set(4);
  {
    const AveragedModule averaged(module, &average);
    EXPECT_EQ(module.w[0].item<double>(), 1);
    EXPECT_EQ(module.n.item<int64_t>(), 1);
  }
  EXPECT_EQ(module.w[0].item<double>(), 4);
  const AveragedModule none(module, nullptr);
  EXPECT_EQ(module.w[0].item<double>(), 4);
}

}  // namespace
}  // namespace tacit
