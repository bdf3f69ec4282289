// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/graph.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

namespace tacit::onnx {
namespace {

TEST(OnnxGraph, NamesEachValueAfterTheNodeThatMakesIt) {
  Graph graph("g");
  const Value x = graph.input("x", {3});
  const Value a = graph.add("Relu", {x}), b = graph.add("Relu", {a});
  EXPECT_EQ(a.name, "Relu_1");
  EXPECT_EQ(b.name, "Relu_2");
  EXPECT_EQ(graph.nodes()[1].inputs, (std::vector<std::string>{"Relu_1"}));
}

TEST(OnnxGraph, KeepsConstantsAsFloatsOrWholeNumbers) {
  Graph graph("g");
  const Value x = graph.input("x", {4, 3});
  const Tensor weight = at::arange(6, at::kDouble).view({2, 3}).t();  // not contiguous
  const Value y = graph.add("MatMul", {x, weight});
  const Value scaled = graph.add("Mul", {y, 0.5});
  graph.add("Reshape", {scaled, Ints{0, -1}});
  const auto& constants = graph.constants();
  ASSERT_EQ(constants.size(), 3u);
  EXPECT_TRUE(constants.at("MatMul_1.1").equal(weight.to(at::kFloat)));
  EXPECT_TRUE(constants.at("MatMul_1.1").is_contiguous());
  EXPECT_EQ(constants.at("Mul_2.1").dim(), 0);
  EXPECT_EQ(constants.at("Mul_2.1").item<float>(), 0.5f);
  EXPECT_TRUE(constants.at("Reshape_3.1").equal(at::tensor({0, -1}, at::kLong)));
}

TEST(OnnxGraph, KeepsFloat64WhereItIsAskedFor) {
  Graph graph("g");
  const Value x = graph.input("x", {2});
  const Tensor exact = at::tensor({1e9 + 0.125, -0.1}, at::kDouble);
  graph.add("Sub", {x, Operand::float64(exact)});
  graph.add("Mul", {x, Operand::float64(0.1)});
  EXPECT_TRUE(graph.constants().at("Sub_1.1").equal(exact));
  EXPECT_EQ(graph.constants().at("Mul_2.1").scalar_type(), at::kDouble);
  EXPECT_EQ(graph.constants().at("Mul_2.1").item<double>(), 0.1);
}

TEST(OnnxGraph, KeepsTheValuesOfParametersWithoutTheirGradients) {
  Graph graph("g");
  Tensor weight = at::ones({2});
  weight.requires_grad_(true);
  graph.add("Add", {graph.input("x", {2}), weight});
  EXPECT_FALSE(graph.constants().at("Add_1.1").requires_grad());
}

TEST(OnnxGraph, LeavesOptionalInputsOut) {
  Graph graph("g");
  graph.add("Clip", {graph.input("x", {2}), Value{}, 1.0});
  EXPECT_EQ(graph.nodes()[0].inputs, (std::vector<std::string>{"x", "", "Clip_1.2"}));
}

TEST(OnnxGraph, GivesOutputsTheirNames) {
  Graph graph("g");
  const Value y = graph.add("Relu", {graph.input("x", {2})});
  graph.output("features", y, {2});
  EXPECT_EQ(graph.nodes().back().output, "features");
  EXPECT_EQ(graph.nodes().back().inputs, (std::vector<std::string>{y.name}));
  EXPECT_EQ(graph.outputs().at(0).name, "features");
}

}  // namespace
}  // namespace tacit::onnx
