// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/field_tokens.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tacit/core/error.h"
#include "tacit/core/weights.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// A category of 2 codes, a number, a category of 3, a number.
const std::vector<Field> kFields{
    {"sex", "sex", 2}, {"pay", "pay"}, {"job", "job", 3}, {"age", "age"}};
const std::vector<Field> kNumbers{{"pay", "pay"}, {"age", "age"}};
const std::vector<Field> kCategories{{"sex", "sex", 2}, {"job", "job", 3}};

Tensor rows() {
  return at::tensor(std::vector<float>{1, 0.5F, 2, kNan,  //
                                       0, -2, 0, 7,       //
                                       1, kNan, 1, 8})
      .view({3, 4});
}

TEST(FieldTokens, AreWhatTheirEquationsSay) {
  FieldTokens tokens(kFields, 2, 0, Rng(1));
  set_weights(tokens, [&] {
    auto all = weights(tokens);
    // pay: w = (1, 2), m = (3, 4). age: w = (5, 6), m = (7, 8).
    all["scaled"] = at::arange(1, 9, at::kFloat).view({2, 2, 2});
    // Code c of sex: (10 c, 10 c + 1), of job: (20 + 10 c, 21 + 10 c).
    all["vectors"] = (at::arange(5, at::kFloat).unsqueeze(1) * 10 + at::tensor({0.F, 1.F}));
    all["bias"] =
        at::tensor(std::vector<float>{100, 100, 200, 200, 300, 300, 400, 400}).view({4, 2});
    return all;
  }());
  const Tensor wanted = at::tensor(std::vector<float>{100.5F, 101, 207, 208, 310, 311, 440, 441,  //
                                                      98,     96,  235, 242, 300, 301, 420, 421,  //
                                                      103,    104, 240, 248, 310, 311, 430, 431})
                            .view({3, 4, 2});
  EXPECT_TRUE(tokens.forward(rows()).allclose(wanted)) << tokens.forward(rows());
}

TEST(FieldTokens, GiveANumberAlsoAsRamps) {
  FieldTokens tokens({Field{"a", "a"}}, 1, 3, Rng(1));  // knots at -3, -1, 1, 3
  set_weights(tokens, [&] {
    auto all = weights(tokens);
    all["scaled"] = at::tensor(std::vector<float>{0, 1000, 1, 10, 100}).view({1, 5, 1});
    all["bias"].zero_();
    return all;
  }());
  const Tensor x = at::tensor(std::vector<float>{-9, -2, 0, 2.5F, 9, kNan}).view({6, 1});
  const Tensor wanted = at::tensor(std::vector<float>{0, 0.5F, 6, 86, 111, 1000}).view({6, 1, 1});
  EXPECT_TRUE(tokens.forward(x).allclose(wanted)) << tokens.forward(x);
}

TEST(FieldTokens, LookAtTheirFieldAlone) {
  FieldTokens tokens(kFields, 8, 4, Rng(1));
  const Tensor x = rows();
  const Tensor before = tokens.forward(x);
  const std::vector<int64_t> token_of{2, 0, 3, 1};  // numbers first
  for (int64_t field = 0; field < 4; ++field) {
    const Tensor other = x.clone();
    other[1][field] = 1;
    const Tensor changed = tokens.forward(other).ne(before).any(2);  // [N, F]
    EXPECT_EQ(changed.sum().item<int64_t>(), 1) << field;
    EXPECT_TRUE(changed[1][token_of[static_cast<size_t>(field)]].item<bool>()) << field;
  }
}

TEST(FieldTokens, SendGradientsToTheVectorsOfTheirCodesAlone) {
  FieldTokens tokens(kFields, 2, 0, Rng(1));
  tokens.forward(rows()).sum().backward();
  const auto grad = [&](const char* name) { return tokens.named_parameters()[name].grad(); };
  // Code 0 of sex once and 1 twice; each of job once.
  EXPECT_TRUE(grad("vectors").select(1, 0).equal(at::tensor({1.F, 2.F, 1.F, 1.F, 1.F})));
  // Of each number the sum of its values and how often it is missing.
  EXPECT_TRUE(grad("scaled").select(2, 0).equal(at::tensor({-1.5F, 1.F, 15.F, 1.F}).view({2, 2})));
  EXPECT_TRUE(grad("bias").eq(3).all().item<bool>());
}

TEST(FieldTokens, TakeFieldsOfOneKindAlone) {
  FieldTokens numbers_only(kNumbers, 4, 0, Rng(1)), categories_only(kCategories, 4, 0, Rng(1));
  EXPECT_EQ(numbers_only.forward(at::ones({5, 2})).sizes(), (std::vector<int64_t>{5, 2, 4}));
  EXPECT_EQ(categories_only.forward(at::ones({5, 2})).sizes(), (std::vector<int64_t>{5, 2, 4}));
  for (FieldTokens* tokens : {&numbers_only, &categories_only}) {
    tokens->forward(at::ones({5, 2})).square().sum().backward();
    EXPECT_EQ(tokens->named_parameters().size(), 2u);
    for (const auto& item : tokens->named_parameters())
      EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
  }
}

TEST(FieldTokens, StartFromTheirRngWithinTheBoundOfTheirWidth) {
  const auto start = [](uint64_t seed) { return weights(FieldTokens(kFields, 16, 2, Rng(seed))); };
  const auto once = start(1), again = start(1), other = start(2);
  for (const char* name : {"scaled", "vectors", "bias"}) {
    EXPECT_TRUE(once.at(name).equal(again.at(name))) << name;
    EXPECT_FALSE(once.at(name).equal(other.at(name))) << name;
    EXPECT_LE(once.at(name).abs().max().item<double>(), 0.25) << name;
    EXPECT_GT(once.at(name).std().item<double>(), 0.1) << name;
  }
}

TEST(FieldTokens, AreTheSameInOnnxRuntime) {
  const OnnxRuntime runtime;
  const Tensor categories = at::tensor({1.F, 2.F, 0.F, 0.F, 0.F, 1.F}).view({3, 2});
  const Tensor plain = at::tensor(std::vector<float>{0.5F, kNan, -2, 7, kNan, -9}).view({3, 2});
  for (const auto& [fields, x] :
       {std::pair(kFields, rows()), std::pair(kNumbers, plain), std::pair(kCategories, categories)})
    for (const int64_t bins : {0, 5}) {
      SCOPED_TRACE(bins);
      FieldTokens tokens(fields, 4, bins, Rng(1));
      const auto count = static_cast<int64_t>(fields.size());
      onnx::Graph graph("tokens");
      graph.output("y", tokens.emit(graph, graph.input("x", {count})), {count, 4});
      const Tensor got =
          OnnxSession(runtime, onnx::write_model(graph)).run("x", x.contiguous(), {"y"}).at(0);
      EXPECT_TRUE(got.allclose(tokens.forward(x), 1e-5, 1e-6)) << got;
    }
}

TEST(FieldTokens, RefuseRowsThatAreNotEncoded) {
  EXPECT_NE(message_of<ConfigError>([] { FieldTokens({}, 4, 0, Rng(1)); }).find("data.source"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
