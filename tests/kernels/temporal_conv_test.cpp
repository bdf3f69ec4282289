// SPDX-License-Identifier: Apache-2.0
#include "tacit/kernels/temporal_conv.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <limits>
#include <ostream>
#include <utility>
#include <vector>

#include "tacit/core/error.h"

namespace tacit::kernels {
namespace {

using at::Tensor;
using Convolution = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, int64_t);

struct Case {
  int64_t windows, time, channels, outputs, width, stride;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "N" << c.windows << " T" << c.time << " C" << c.channels << " O" << c.outputs << " k"
       << c.width << " s" << c.stride;
}

/// x, weight, bias of a case, reproducible, all wanting gradients.
std::vector<Tensor> inputs(const Case& c) {
  at::Generator generator = at::detail::createCPUGenerator(7);
  std::vector<Tensor> made = {at::randn({c.windows, c.time, c.channels}, generator),
                              at::randn({c.outputs, c.channels, c.width}, generator),
                              at::randn({c.outputs}, generator)};
  for (Tensor& tensor : made) tensor.requires_grad_();
  return made;
}

std::vector<Tensor> as_double(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> made;
  for (const Tensor& tensor : tensors) {
    made.push_back(tensor.detach().to(at::kDouble).requires_grad_());
  }
  return made;
}

/// The value and the gradients of x, weight and bias for a fixed random gradient of the value.
std::vector<Tensor> value_and_gradients(Convolution convolution, const std::vector<Tensor>& in,
                                        int64_t stride) {
  const Tensor y = convolution(in[0], in[1], in[2], stride);
  at::Generator generator = at::detail::createCPUGenerator(8);
  const Tensor gradient = at::randn(y.sizes(), generator).to(y.scalar_type());
  std::vector<Tensor> found = torch::autograd::grad({y}, in, {gradient});
  found.insert(found.begin(), y.detach());
  return found;
}

/// Largest difference, as a fraction of the largest value.
double relative_error(const Tensor& found, const Tensor& expected) {
  const double scale = expected.abs().max().item<double>();
  const double difference = (found.to(at::kDouble) - expected).abs().max().item<double>();
  return difference / (scale > 0 ? scale : 1);
}

class TemporalConv : public testing::TestWithParam<Case> {
 protected:
  void expect_agreement(Convolution fast, Convolution reference) {
    const std::vector<Tensor> in = inputs(GetParam());
    const auto found = value_and_gradients(fast, in, GetParam().stride);
    const auto expected = value_and_gradients(reference, as_double(in), GetParam().stride);
    const std::vector<const char*> names = {"value", "x", "weight", "bias"};
    for (size_t i = 0; i < names.size(); ++i) {
      ASSERT_EQ(found[i].sizes(), expected[i].sizes()) << names[i];
      EXPECT_EQ(found[i].scalar_type(), at::kFloat);
      EXPECT_LE(relative_error(found[i], expected[i]), 1e-5) << names[i];
    }
  }
};

TEST_P(TemporalConv, AgreesWithTheReferenceInDouble) {
  expect_agreement(temporal_conv_relu, reference::temporal_conv_relu);
}

TEST_P(TemporalConv, GlobalMaxAgreesWithTheReferenceInDouble) {
  expect_agreement(temporal_conv_relu_global_max, reference::temporal_conv_relu_global_max);
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TemporalConv,
    testing::Values(Case{5, 60, 3, 32, 24, 1}, Case{3, 50, 32, 64, 16, 1},
                    Case{2, 40, 64, 96, 8, 1},                            // the layers of TPN
                    Case{1, 1, 1, 1, 1, 1}, Case{4, 9, 5, 7, 9, 1},       // T = k
                    Case{3, 13, 2, 17, 1, 1}, Case{2, 14, 3, 33, 1, 3},   // k = 1
                    Case{2, 31, 6, 48, 5, 2}, Case{3, 32, 4, 20, 10, 5},  // strides, with and
                    Case{2, 33, 3, 16, 7, 3}, Case{2, 23, 2, 5, 3, 5},    // without steps left over
                    Case{2, 11, 3, 4, 2, 20}, Case{40, 20, 3, 8, 4, 1},   // one step; 20 runs
                    Case{67, 15, 2, 3, 4, 2}, Case{1, 200, 1, 1, 12, 1}));

TEST(TemporalConvThreads, DoNotChangeABit) {
  const std::vector<Tensor> in = inputs({37, 70, 5, 40, 9, 1});
  const int threads = at::get_num_threads();
  for (const Convolution convolution : {temporal_conv_relu, temporal_conv_relu_global_max}) {
    at::set_num_threads(1);
    const auto one = value_and_gradients(convolution, in, 1);
    at::set_num_threads(2);
    const auto two = value_and_gradients(convolution, in, 1);
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(at::equal(one[i], two[i])) << i;
  }
  at::set_num_threads(threads);
}

TEST(TemporalConvNan, ReachesExactlyWhatTheReferenceReaches) {
  const Case shape{3, 30, 4, 18, 5, 1};
  std::vector<Tensor> in = inputs(shape);
  in[0].detach()[1][12][2] = std::numeric_limits<float>::quiet_NaN();
  const auto found = value_and_gradients(temporal_conv_relu, in, 1);
  const auto expected = value_and_gradients(reference::temporal_conv_relu, in, 1);
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(at::equal(found[i].isnan(), expected[i].isnan())) << i;
  }
  EXPECT_TRUE(found[0][1].isnan().any().item<bool>());
  EXPECT_FALSE(found[0][0].isnan().any().item<bool>());
}

TEST(TemporalConvNan, IsTheLargestValue) {
  std::vector<Tensor> in = inputs({3, 30, 4, 18, 5, 1});
  in[0].detach()[1][12][2] = std::numeric_limits<float>::quiet_NaN();
  const auto found = value_and_gradients(temporal_conv_relu_global_max, in, 1);
  EXPECT_TRUE(found[0][1].isnan().all().item<bool>());
  EXPECT_FALSE(found[0][0].isnan().any().item<bool>());
  EXPECT_TRUE(found[2].isnan().any().item<bool>());
  // the first step that sees the NaN is step 8, whose field is 8 .. 12
  EXPECT_TRUE((found[1][1].slice(0, 0, 8) == 0).all().item<bool>());
  EXPECT_TRUE((found[1][1].slice(0, 8, 13) != 0).all().item<bool>());
  EXPECT_TRUE((found[1][1].slice(0, 13) == 0).all().item<bool>());
}

TEST(TemporalConvTies, FirstStepReceivesTheGradient) {
  const Tensor x = at::ones({1, 6, 1}).requires_grad_();
  const Tensor weight = at::ones({1, 1, 2}).requires_grad_();
  const Tensor bias = at::zeros({1}).requires_grad_();
  const auto found = value_and_gradients(temporal_conv_relu_global_max, {x, weight, bias}, 1);
  EXPECT_EQ(found[0].item<float>(), 2.0F);
  EXPECT_TRUE((found[1][0].slice(0, 0, 2) != 0).all().item<bool>());
  EXPECT_TRUE((found[1][0].slice(0, 2) == 0).all().item<bool>());
}

TEST(TemporalConvGate, ClosedReluPassesNoGradient) {
  const Tensor x = at::ones({2, 6, 1}).requires_grad_();
  const Tensor weight = (-at::ones({3, 1, 2})).requires_grad_();
  const Tensor bias = at::zeros({3}).requires_grad_();
  for (const Convolution convolution : {temporal_conv_relu, temporal_conv_relu_global_max}) {
    for (const Tensor& tensor : value_and_gradients(convolution, {x, weight, bias}, 1)) {
      EXPECT_TRUE((tensor == 0).all().item<bool>());
    }
  }
}

TEST(TemporalConvEmpty, BatchGivesZeroWeightGradients) {
  const std::vector<Tensor> in = inputs({0, 10, 2, 4, 3, 1});
  for (const Convolution convolution : {temporal_conv_relu, temporal_conv_relu_global_max}) {
    const Tensor y = convolution(in[0], in[1], in[2], 1);
    EXPECT_EQ(y.size(0), 0);
    const auto found = torch::autograd::grad({y.sum()}, {in[1], in[2]});
    EXPECT_TRUE((found[0] == 0).all().item<bool>() && (found[1] == 0).all().item<bool>());
  }
}

TEST(TemporalConvInput, WithoutGradientNeedsNone) {
  std::vector<Tensor> in = inputs({2, 30, 3, 8, 5, 1});
  const auto with = value_and_gradients(temporal_conv_relu, in, 1);
  const Tensor y = temporal_conv_relu(in[0].detach(), in[1], in[2], 1);
  at::Generator generator = at::detail::createCPUGenerator(8);
  const auto without =
      torch::autograd::grad({y}, {in[1], in[2]}, {at::randn(y.sizes(), generator)});
  EXPECT_TRUE(at::equal(without[0], with[2]));
  EXPECT_TRUE(at::equal(without[1], with[3]));
}

TEST(TemporalConvInput, OfOtherKindsTakesTheReference) {
  const std::vector<Tensor> in = inputs({2, 30, 3, 8, 5, 1});
  const Tensor expected = temporal_conv_relu(in[0], in[1], in[2], 1);
  const Tensor strided = in[0].transpose(1, 2).contiguous().transpose(1, 2);
  ASSERT_FALSE(strided.is_contiguous());
  EXPECT_LE(relative_error(temporal_conv_relu(strided, in[1], in[2], 1).detach(),
                           expected.detach().to(at::kDouble)),
            1e-5);
  const auto wide = as_double(in);
  EXPECT_EQ(temporal_conv_relu(wide[0], wide[1], wide[2], 1).scalar_type(), at::kDouble);
}

TEST(TemporalConvSecondDerivative, AgreesWithTheReference) {
  const std::vector<Tensor> in = inputs({2, 20, 3, 5, 4, 2});
  const auto second = [](Convolution convolution, const std::vector<Tensor>& of) {
    const Tensor x = of[0] * of[1].sum();  // one input a function of another
    const Tensor y = convolution(x, of[1], of[2], 2);
    const auto first = torch::autograd::grad({y.square().sum()}, of, {}, true, true);
    const Tensor penalty = first[0].square().sum() + first[1].square().sum();
    return torch::autograd::grad({penalty}, of);
  };
  const std::vector<std::pair<Convolution, Convolution>> pairs = {
      {temporal_conv_relu, reference::temporal_conv_relu},
      {temporal_conv_relu_global_max, reference::temporal_conv_relu_global_max}};
  for (const auto& [fast, plain] : pairs) {
    const auto found = second(fast, in);
    const auto expected = second(plain, as_double(in));
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_LE(relative_error(found[i], expected[i]), 1e-5) << i;
    }
  }
}

TEST(TemporalConvShapes, ThatDoNotFitAreRefused) {
  const Tensor x = at::zeros({2, 10, 3});
  const Tensor weight = at::zeros({4, 3, 5});
  const Tensor bias = at::zeros({4});
  for (const Convolution convolution :
       {temporal_conv_relu, temporal_conv_relu_global_max, reference::temporal_conv_relu,
        reference::temporal_conv_relu_global_max}) {
    EXPECT_NO_THROW(convolution(x, weight, bias, 1));
    EXPECT_THROW(convolution(x[0], weight, bias, 1), ShapeError);
    EXPECT_THROW(convolution(x, weight[0], bias, 1), ShapeError);
    EXPECT_THROW(convolution(at::zeros({2, 10, 2}), weight, bias, 1), ShapeError);
    EXPECT_THROW(convolution(x, weight, at::zeros({3}), 1), ShapeError);
    EXPECT_THROW(convolution(x, weight, at::zeros({}), 1), ShapeError);
    EXPECT_THROW(convolution(at::zeros({2, 4, 3}), weight, bias, 1), ShapeError);
    EXPECT_THROW(convolution(x, at::zeros({4, 3, 0}), bias, 1), ShapeError);
    EXPECT_THROW(convolution(x, weight, bias, 0), ShapeError);
  }
}

}  // namespace
}  // namespace tacit::kernels
