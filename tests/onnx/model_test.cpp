// SPDX-License-Identifier: Apache-2.0
#include "tacit/onnx/model.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cstring>
#include <protozero/pbf_reader.hpp>

namespace tacit::onnx {
namespace {

using protozero::pbf_reader;

/// Every occurrence of one field of a message, by its number in onnx.proto.
template <class Read>
auto all(const std::string& message, uint32_t field, Read read) {
  std::vector<decltype(read(std::declval<pbf_reader&>()))> found;
  for (pbf_reader in(message); in.next();)
    if (in.tag() == field)
      found.push_back(read(in));
    else
      in.skip();
  return found;
}
std::vector<std::string> texts(const std::string& message, uint32_t field) {
  return all(message, field, [](pbf_reader& in) { return in.get_string(); });
}
std::vector<int64_t> numbers(const std::string& message, uint32_t field) {
  return all(message, field, [](pbf_reader& in) { return in.get_int64(); });
}
std::string one(const std::string& message, uint32_t field) {
  const auto found = texts(message, field);
  EXPECT_EQ(found.size(), 1u) << "field " << field;
  return found.empty() ? "" : found[0];
}

using Texts = std::vector<std::string>;

class OnnxModel : public testing::Test {
 protected:
  OnnxModel() {
    Graph graph("motion");
    const Value x = graph.input("signal", {3, 8});
    const Value h = graph.add("Conv", {x, weight_}, {{"strides", Ints{2}}, {"auto_pad", "VALID"}});
    graph.output("features", graph.add("LeakyRelu", {h}, {{"alpha", 0.25}}), {4, 3});
    graph.add("Reshape", {h, Ints{0, -1}}, {{"allowzero", 0}});
    graph.describe("rate_hz", "50");
    model_ = write_model(graph);
    graph_ = one(model_, 7);
    nodes_ = texts(graph_, 1);
  }
  const Tensor weight_ = at::arange(24, at::kFloat).view({4, 3, 2});
  std::string model_, graph_;
  Texts nodes_;
};

TEST_F(OnnxModel, SaysWhoWroteItAndWhatItNeeds) {
  EXPECT_EQ(numbers(model_, 1), Ints{8});
  EXPECT_EQ(one(model_, 2), "tacit");
  EXPECT_FALSE(one(model_, 3).empty());
  const std::string opset = one(model_, 8);
  EXPECT_EQ(one(opset, 1), "");
  EXPECT_EQ(numbers(opset, 2), Ints{17});
  const std::string entry = one(model_, 14);
  EXPECT_EQ(one(entry, 1), "rate_hz");
  EXPECT_EQ(one(entry, 2), "50");
  EXPECT_EQ(one(graph_, 2), "motion");
}

TEST_F(OnnxModel, HoldsTheNodesInOrder) {
  ASSERT_EQ(nodes_.size(), 4u);
  EXPECT_EQ(texts(nodes_[0], 1), (Texts{"signal", "Conv_1.1"}));
  EXPECT_EQ(texts(nodes_[0], 2), Texts{"Conv_1"});
  EXPECT_EQ(one(nodes_[0], 3), "Conv_1");
  EXPECT_EQ(one(nodes_[0], 4), "Conv");
  EXPECT_EQ(one(nodes_[1], 4), "LeakyRelu");
  EXPECT_EQ(one(nodes_[2], 4), "Identity");
}

TEST_F(OnnxModel, HoldsAttributesOfEveryType) {
  const Texts of_conv = texts(nodes_[0], 5);
  ASSERT_EQ(of_conv.size(), 2u);
  EXPECT_EQ(one(of_conv[0], 1), "auto_pad");
  EXPECT_EQ(one(of_conv[0], 4), "VALID");
  EXPECT_EQ(numbers(of_conv[0], 20), Ints{3});
  EXPECT_EQ(one(of_conv[1], 1), "strides");
  EXPECT_EQ(numbers(of_conv[1], 8), Ints{2});
  EXPECT_EQ(numbers(of_conv[1], 20), Ints{7});
  const std::string alpha = one(nodes_[1], 5);
  EXPECT_EQ(all(alpha, 2, [](pbf_reader& in) { return in.get_float(); }),
            std::vector<float>{0.25f});
  EXPECT_EQ(numbers(alpha, 20), Ints{1});
  const std::string allowzero = one(nodes_[3], 5);
  EXPECT_EQ(numbers(allowzero, 3), Ints{0});
  EXPECT_EQ(numbers(allowzero, 20), Ints{2});
}

TEST_F(OnnxModel, HoldsConstantsAsRawLittleEndianNumbers) {
  const Texts constants = texts(graph_, 5);
  ASSERT_EQ(constants.size(), 2u);
  EXPECT_EQ(numbers(constants[0], 1), (Ints{4, 3, 2}));
  EXPECT_EQ(numbers(constants[0], 2), Ints{1});
  EXPECT_EQ(one(constants[0], 8), "Conv_1.1");
  const std::string raw = one(constants[0], 9);
  ASSERT_EQ(raw.size(), 96u);
  EXPECT_EQ(raw.substr(4, 4), std::string("\x00\x00\x80\x3f", 4));  // 1.0
  EXPECT_EQ(std::memcmp(raw.data(), weight_.const_data_ptr(), 96), 0);
  EXPECT_EQ(numbers(constants[1], 2), Ints{7});
  EXPECT_EQ(one(constants[1], 9).size(), 16u);
}

TEST_F(OnnxModel, HoldsConstantsOfTwiceTheDigits) {
  Graph graph("g");
  graph.add("Add", {graph.input("x", {1}), Operand::float64(0.5)});
  const std::string constant = one(one(write_model(graph), 7), 5);
  EXPECT_EQ(numbers(constant, 2), Ints{11});
  EXPECT_EQ(one(constant, 9), std::string("\0\0\0\0\0\0\xe0\x3f", 8));
}

TEST_F(OnnxModel, DeclaresInputsOfWholeNumbers) {
  Graph graph("g");
  graph.input("class", {}, at::kLong);
  const std::string port = one(one(write_model(graph), 7), 11), type = one(one(port, 2), 1);
  EXPECT_EQ(one(port, 1), "class");
  EXPECT_EQ(numbers(type, 1), Ints{7});
  EXPECT_EQ(texts(one(type, 2), 1).size(), 1u);  // the batch alone
}

TEST_F(OnnxModel, DeclaresInputsAndOutputsForAnyNumberOfRows) {
  const auto check = [&](uint32_t field, const std::string& name, const Ints& row) {
    const std::string port = one(graph_, field), type = one(one(port, 2), 1);
    EXPECT_EQ(one(port, 1), name);
    EXPECT_EQ(numbers(type, 1), Ints{1});
    const Texts dims = texts(one(type, 2), 1);
    ASSERT_EQ(dims.size(), row.size() + 1);
    EXPECT_EQ(one(dims[0], 2), "batch");
    for (size_t i = 0; i < row.size(); ++i) EXPECT_EQ(numbers(dims[i + 1], 1), Ints{row[i]});
  };
  check(11, "signal", {3, 8});
  check(12, "features", {4, 3});
}

}  // namespace
}  // namespace tacit::onnx
