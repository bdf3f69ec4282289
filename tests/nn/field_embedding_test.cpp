// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/field_embedding.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <limits>

#include "tacit/core/error.h"
#include "tacit/core/weights.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/onnx/model.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// A category of 2 codes (vectors of 2), a number, a category of 6 (vectors of 4), a number.
const std::vector<Field> kFields{
    {"sex", "sex", 2}, {"pay", "pay"}, {"job", "job", 6}, {"age", "age"}};

Tensor rows() {
  return at::tensor(std::vector<float>{1, 0.5F, 5, kNan,  //
                                       0, -2, 3, 7,       //
                                       1, kNan, 5, 8})
      .view({3, 4});
}

TEST(EmbeddingWidth, IsTheRuleOfThumb) {
  EXPECT_EQ(embedding_width(2), 2);
  EXPECT_EQ(embedding_width(3), 3);
  EXPECT_EQ(embedding_width(6), 4);
  EXPECT_EQ(embedding_width(42), 13);
  EXPECT_EQ(embedding_width(1'000'000), 600);
}

TEST(FieldEmbedding, LiesNumbersThenMarksThenVectorsSideBySide) {
  FieldEmbedding embedding(kFields, 0, Rng(1));
  ASSERT_EQ(embedding.width(), 2 + 2 + 2 + 4);
  // Vectors that name themselves: number i of all is i.
  set_weights(embedding, [&] {
    auto all = weights(embedding);
    all["vectors"] = at::arange(2 * 2 + 6 * 4, at::kFloat);
    return all;
  }());
  const Tensor wanted = at::tensor(std::vector<float>{0.5F, 0, 0, 1, 2, 3, 24, 25, 26, 27,  //
                                                      -2,   7, 0, 0, 0, 1, 16, 17, 18, 19,  //
                                                      0,    8, 1, 0, 2, 3, 24, 25, 26, 27})
                            .view({3, 10});
  EXPECT_TRUE(embedding.forward(rows()).equal(wanted)) << embedding.forward(rows());
}

TEST(FieldEmbedding, SendsGradientsToTheVectorsOfItsCodesAlone) {
  const FieldEmbedding embedding(kFields, 0, Rng(1));
  embedding.forward(rows()).sum().backward();
  // Code 0 of sex once and 1 twice; of job code 3 once and 5 twice.
  const Tensor wanted = at::zeros({28});
  wanted.slice(0, 0, 2).fill_(1);
  wanted.slice(0, 2, 4).fill_(2);
  wanted.slice(0, 16, 20).fill_(1);
  wanted.slice(0, 24, 28).fill_(2);
  EXPECT_TRUE(embedding.parameters()[0].grad().equal(wanted));
}

TEST(FieldEmbedding, TakesFieldsOfOneKindAlone) {
  const FieldEmbedding numbers({Field{"a", "a"}, Field{"b", "b"}}, 0, Rng(1));
  EXPECT_TRUE(numbers.forward(at::tensor({2.F, kNan}).view({1, 2}))
                  .equal(at::tensor({2.F, 0.F, 0.F, 1.F}).view({1, 4})));
  const FieldEmbedding categories({Field{"a", "a", 2}}, 0, Rng(1));
  EXPECT_EQ(categories.width(), 2);
  EXPECT_EQ(categories.forward(at::ones({5, 1})).sizes(), (std::vector<int64_t>{5, 2}));
}

TEST(FieldEmbedding, StartsFromItsRng) {
  const auto start = [](uint64_t seed) {
    return FieldEmbedding(kFields, 0, Rng(seed)).parameters()[0].detach();
  };
  EXPECT_TRUE(start(1).equal(start(1)));
  EXPECT_FALSE(start(1).equal(start(2)));
  EXPECT_LE(start(1).abs().max().item<double>(), 1);
  EXPECT_GT(start(1).std().item<double>(), 0.3);
}

TEST(FieldEmbedding, EmitsWhatItComputes) {
  const auto expect_same = [](const std::vector<Field>& fields, const Tensor& x, int64_t bins) {
    const FieldEmbedding embedding(fields, bins, Rng(1));
    onnx::Graph graph("rows");
    graph.output("y", embedding.emit(graph, graph.input("x", {x.size(1)})), {embedding.width()});
    const OnnxSession session(OnnxRuntime(), onnx::write_model(graph));
    EXPECT_TRUE(session.run("x", x, {"y"}).at(0).allclose(embedding.forward(x), 1e-6, 1e-6));
    EXPECT_EQ(session.run("x", x.slice(0, 0, 0), {"y"}).at(0).size(0), 0);
  };
  for (const int64_t bins : {0, 3, 24}) {
    expect_same(kFields, rows(), bins);
    expect_same({Field{"a", "a"}, Field{"b", "b"}},
                at::tensor({-9.F, kNan, 0.3F, 9.F}).view({2, 2}), bins);
    expect_same({Field{"a", "a", 2}}, at::tensor({0.F, 1.F}).view({2, 1}), bins);
  }
}

TEST(FieldEmbedding, RefusesRowsThatAreNotEncoded) {
  EXPECT_NE(message_of<ConfigError>([] { FieldEmbedding({}, 0, Rng(1)); }).find("data.source"),
            std::string::npos);
}

TEST(FieldEmbedding, GivesANumberAsRampsOneAfterTheOther) {
  const FieldEmbedding embedding({Field{"a", "a"}}, 3, Rng(1));  // knots at -3, -1, 1, 3
  ASSERT_EQ(embedding.width(), 5);
  const Tensor x = at::tensor(std::vector<float>{-9, -2, 0, 2.5F, 9, kNan}).view({6, 1});
  const Tensor ramps = embedding.forward(x).slice(1, 2);
  const Tensor wanted = at::tensor(std::vector<float>{0, 0, 0, 0.5F, 0, 0, 1, 0.5F, 0,  //
                                                      1, 1, 0.75F, 1, 1, 1, 0, 0, 0})
                            .view({6, 3});
  EXPECT_TRUE(ramps.allclose(wanted)) << ramps;
}

}  // namespace
}  // namespace tacit
