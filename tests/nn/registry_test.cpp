// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/registry.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <set>

#include "tacit/core/weights.h"
#include "tests/core/folder.h"
#include "tests/methods/moving_squares.h"
#include "tests/methods/pictures.h"
#include "tests/methods/rows.h"

/// What every encoder of the table promises.
namespace tacit {
namespace {

const Spec kSignals{Modality::signal, {3, 700}, 50, {"x", "y", "z"}};
const Spec kTable = TableRows(1).spec();
const Spec kImages = Pictures(1, 32).spec();
const Spec kClips = MovingSquares(1, 4, 32).spec();

Tensor numbers(int64_t rows, uint64_t seed) {
  Rng rng(seed);
  Tensor x = at::empty({rows, 3, 700});
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

class EveryEncoder : public testing::TestWithParam<std::string> {
 protected:
  const Spec& spec() const {
    if (entry_.modality == Modality::image) return kImages;
    if (entry_.modality == Modality::video) return kClips;
    return entry_.modality == Modality::table ? kTable : kSignals;
  }
  std::shared_ptr<Encoder> make(uint64_t seed = 1) const {
    auto encoder = entry_.make(Json::object(), spec(), Rng(seed));
    encoder->eval();
    return encoder;
  }
  /// Rows of the kind that it takes.
  Tensor rows(int64_t count) const {
    if (entry_.modality == Modality::image) return all_of(Pictures(count, 32)).x;
    if (entry_.modality == Modality::video) return all_of(MovingSquares(count, 4, 32)).x;
    return entry_.modality == Modality::table ? all_of(TableRows(count)).x : numbers(count, 1);
  }
  const EncoderEntry& entry_ = find_encoder(GetParam());
};

TEST_P(EveryEncoder, GivesItsFeaturesForAnyNumberOfRows) {
  const auto encoder = make();
  for (const int64_t count : {1, 2, 5, 33})
    EXPECT_EQ(encoder->forward(rows(count)).sizes(),
              (std::vector<int64_t>{count, encoder->features()}));
}

TEST_P(EveryEncoder, LooksAtEachRowByItselfInEvalMode) {
  const auto encoder = make();
  const Tensor x = rows(9), together = encoder->forward(x);
  EXPECT_TRUE(encoder->forward(x).equal(together));
  for (int64_t row = 0; row < 9; ++row)
    EXPECT_TRUE(encoder->forward(x.slice(0, row, row + 1))[0].allclose(together[row], 1e-5, 1e-5));
}

TEST_P(EveryEncoder, GivesEveryParameterAGradient) {
  const auto encoder = make();
  encoder->forward(rows(16)).square().sum().backward();
  ASSERT_FALSE(encoder->parameters().empty());
  for (const auto& item : encoder->named_parameters())
    EXPECT_TRUE(item.value().grad().defined() && item.value().grad().abs().max().item<double>() > 0)
        << item.key();
}

TEST_P(EveryEncoder, GivesTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  const auto encoder = make();
  const Tensor x = rows(9), here = encoder->forward(x);
  encoder->to(at::kCUDA);
  const Tensor there = encoder->forward(x.to(at::kCUDA));
  EXPECT_TRUE(there.is_cuda());
  EXPECT_TRUE(there.cpu().allclose(here, 1e-3, 1e-3));
}

TEST_P(EveryEncoder, NamesSomeOfItsParametersAsTheLastBlock) {
  const auto encoder = make();
  const std::vector<Tensor> all = encoder->parameters(), block = encoder->last_block();
  EXPECT_FALSE(block.empty());
  for (const Tensor& parameter : block)
    EXPECT_TRUE(
        std::any_of(all.begin(), all.end(), [&](const Tensor& p) { return p.is_same(parameter); }));
}

TEST_P(EveryEncoder, IsTheSameForTheSameSeed) {
  const Tensor x = rows(3);
  EXPECT_TRUE(make(1)->forward(x).equal(make(1)->forward(x)));
  EXPECT_FALSE(make(1)->forward(x).equal(make(2)->forward(x)));
}

TEST_P(EveryEncoder, RefusesRowsOfAnotherKindAndNamesAnEncoderForThem) {
  const std::pair<Spec, std::string> others[]{
      {kSignals, "temporal_conv"}, {kTable, "table_mlp"}, {kImages, "image_resnet"}};
  for (const auto& [other, fitting] : others) {
    if (other.modality == entry_.modality) continue;
    const std::string refusal =
        message_of<ConfigError>([&] { entry_.make(Json::object(), other, Rng(1)); });
    EXPECT_NE(refusal.find(fitting), std::string::npos) << refusal;
  }
}

TEST_P(EveryEncoder, ResolvesItsConfigOnceAndForAll) {
  const Json resolved = entry_.resolve(Json::object());
  std::set<std::string> names;  // of nested tables the table's
  for (const auto& field : entry_.fields())
    names.insert(field.name.substr(0, field.name.find('.')));
  EXPECT_EQ(resolved.size(), names.size());
  EXPECT_EQ(entry_.resolve(resolved), resolved);
}

TEST_P(EveryEncoder, RefusesAnUnknownOption) {
  EXPECT_NE(message_of<ConfigError>([&] {
              entry_.resolve({{"no_such_thing", 1}});
            }).find("no_such_thing"),
            std::string::npos);
}

std::vector<std::string> all_names() {
  std::vector<std::string> all;
  for (const EncoderEntry& entry : encoders()) all.push_back(entry.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Table, EveryEncoder, testing::ValuesIn(all_names()),
                         [](const auto& each) { return each.param; });

TEST(FindEncoder, NamesTheNearest) {
  EXPECT_NE(message_of<ConfigError>([] {
              find_encoder("temporal_cnv");
            }).find("did you mean \"temporal_conv\""),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
