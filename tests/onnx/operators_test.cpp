// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/operators.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"

/// What blocks are made of, as ONNX Runtime computes it, against LibTorch's functions.
namespace tacit::onnx {
namespace {

/// y = block(x) in ONNX Runtime, for x: [N, *row].
template <class Block>
Tensor run(const Tensor& x, Ints result_row, Block block) {
  Graph graph("block");
  const Ints row(x.sizes().begin() + 1, x.sizes().end());
  graph.output("y", block(graph, graph.input("x", row)), result_row);
  return OnnxSession(OnnxRuntime(), write_model(graph)).run("x", x, {"y"}).at(0);
}

Tensor waves(at::IntArrayRef shape) {
  return at::arange(c10::multiply_integers(shape), at::kFloat).mul(0.7).sin().mul(2).view(shape);
}

void expect_same(const Tensor& got, const Tensor& wanted) {
  ASSERT_EQ(got.sizes(), wanted.sizes());
  EXPECT_TRUE(got.allclose(wanted, 1e-5, 2e-5)) << (got - wanted).abs().max().item<double>();
}

TEST(OnnxOperators, LinearIsADenseLayerOverTheLastDimension) {
  const Tensor weight = waves({5, 4}), bias = waves({5});
  for (const Tensor& x : {waves({6, 4}), waves({6, 3, 4})}) {
    Ints row(x.sizes().begin() + 1, x.sizes().end());
    row.back() = 5;
    expect_same(run(x, row, [&](Graph& g, const Value& v) { return linear(g, v, weight, bias); }),
                at::linear(x, weight, bias));
  }
}

TEST(OnnxOperators, CastsGoToWholeNumbersAndToMoreDigitsAndBack) {
  const Tensor x = at::tensor({-1.75F, 0.F, 2.5F, 16777216.F}).view({2, 2});
  expect_same(
      run(x, {2},
          [](Graph& g, const Value& v) { return cast(g, cast(g, v, at::kLong), at::kFloat); }),
      x.trunc());
  const auto next = [](Graph& g, const Value& v) {
    const Value more = g.add("Add", {cast(g, v, at::kDouble), Operand::float64(1.0)});
    return cast(g, g.add("Sub", {more, Operand::float64(16777216.0)}), at::kFloat);
  };
  EXPECT_EQ(run(x, {2}, next)[1][1].item<float>(), 1);  // float32 alone would lose it
}

TEST(OnnxOperators, NumbersOfElementTypesAreThoseOfOnnx) {
  EXPECT_EQ(element_type(at::kFloat), 1);
  EXPECT_EQ(element_type(at::kLong), 7);
  EXPECT_EQ(element_type(at::kDouble), 11);
  EXPECT_THROW(element_type(at::kHalf), StateError);
}

TEST(OnnxOperators, GeluIsExact) {
  const Tensor x = at::linspace(-6, 6, 64).view({4, 16});
  expect_same(run(x, {16}, gelu), at::gelu(x));
}

TEST(OnnxOperators, LayerNormalizationAndPaddedConvolution) {
  const Tensor x = waves({3, 4, 10}), weight = waves({6, 4, 3}), gain = waves({10}) + 2,
               shift = waves({10});
  const auto block = [&](Graph& g, const Value& v) {
    const Value h =
        g.add("LayerNormalization", {v, gain, shift}, {{"axis", -1}, {"epsilon", 1e-5}});
    return g.add("Conv", {h, weight}, {{"pads", Ints{1, 1}}, {"strides", Ints{2}}});
  };
  expect_same(run(x, {6, 5}, block),
              at::conv1d(at::layer_norm(x, {10}, gain, shift, 1e-5), weight, {}, 2, 1));
}

TEST(OnnxOperators, AttentionOverPatches) {
  const Tensor x = waves({2, 3, 8});  // [N, C, T] -> 4 patches of 2 samples -> attention in 2 heads
  const auto block = [](Graph& g, const Value& v) {
    Value h = g.add("Reshape", {v, Ints{0, 3, 4, 2}});
    h = g.add("Reshape", {g.add("Transpose", {h}, {{"perm", Ints{0, 2, 1, 3}}}), Ints{0, 4, 2, 3}});
    const Value heads = g.add("Transpose", {h}, {{"perm", Ints{0, 2, 1, 3}}});  // [N, 2, 4, 3]
    const Value turned = g.add("Transpose", {heads}, {{"perm", Ints{0, 1, 3, 2}}});
    const Value scores = g.add("Div", {g.add("MatMul", {heads, turned}), std::sqrt(3.0)});
    const Value mixed = g.add("MatMul", {g.add("Softmax", {scores}, {{"axis", -1}}), heads});
    const Value first = g.add("Slice", {mixed, Ints{0}, Ints{1}, Ints{2}});
    return g.add("Concat", {first, mixed}, {{"axis", 2}});
  };
  const Tensor heads =
      x.view({2, 3, 4, 2}).permute({0, 2, 1, 3}).reshape({2, 4, 2, 3}).transpose(1, 2);
  const Tensor mixed =
      at::matmul((at::matmul(heads, heads.transpose(2, 3)) / std::sqrt(3.0)).softmax(-1), heads);
  expect_same(run(x, {2, 5, 3}, block), at::cat({mixed.slice(2, 0, 1), mixed}, 2));
}

}  // namespace
}  // namespace tacit::onnx
