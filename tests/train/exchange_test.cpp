// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/exchange.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "tacit/dist/world.h"
#include "tests/core/folder.h"
#include "tests/dist/processes.h"

namespace tacit {
namespace {

using at::Tensor;

/// A parameter whose gradient is `gradient`.
Tensor parameter(const Tensor& gradient) {
  Tensor p = at::zeros(gradient.sizes()).set_requires_grad(true);
  p.mutable_grad() = gradient.clone();
  return p;
}

TEST(AddUpGradients, OfOneProcessChangesNothing) {
  const Tensor p = parameter(at::arange(3, at::kFloat));
  Tensor values = at::full({2}, 5.0F);
  add_up_gradients(SingleProcess(), {p}, values);
  EXPECT_TRUE(p.grad().equal(at::arange(3, at::kFloat)));
  EXPECT_TRUE(values.eq(5).all().item<bool>());
}

TEST(Member, DISABLED_AddsUpGradients) {
  const auto world = join_world();
  const auto factor = static_cast<double>(world->rank() + 1);  // 1 and 2
  const Tensor matrix = at::arange(6, at::kFloat).view({2, 3});
  const std::vector<Tensor> parameters{
      parameter(matrix * factor), at::zeros({4}).set_requires_grad(true),  // without a gradient
      parameter(matrix.t() * factor),                                      // not contiguous
      parameter(at::full({(1 << 24) + 3}, factor))};                       // a message alone
  Tensor values = at::full({2}, factor);
  add_up_gradients(*world, parameters, values);
  EXPECT_TRUE(parameters[0].grad().equal(matrix * 3));
  EXPECT_FALSE(parameters[1].grad().defined());
  EXPECT_TRUE(parameters[2].grad().equal(matrix.t() * 3));
  EXPECT_TRUE(parameters[3].grad().eq(3).all().item<bool>());
  EXPECT_TRUE(values.eq(3).all().item<bool>());
}

class AddUpGradientsTest : public FolderTest {};

TEST_F(AddUpGradientsTest, SumsThoseOfAllProcesses) {
  Processes(2, "Member.DISABLED_AddsUpGradients", folder).expect_success();
}

}  // namespace
}  // namespace tacit
