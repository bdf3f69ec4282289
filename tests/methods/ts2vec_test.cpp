// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/ts2vec.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/onnx/graph.h"
#include "tacit/transforms/crops.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

/// An encoder whose features of a step are its samples, and that keeps a record of what it saw.
class Watched final : public StepEncoder {
 public:
  Tensor encode_steps(const Tensor& x, const Tensor& seen) const override {
    crops.push_back(x), masks.push_back(seen);
    return x.transpose(1, 2);
  }
  Tensor forward(const Tensor& x) override { return x.amax(2); }
  int64_t features() const override { return 3; }
  std::vector<Tensor> last_block() override { return {}; }
  onnx::Value emit(onnx::Graph&, const onnx::Value& x) const override { return x; }

  mutable std::vector<Tensor> crops, masks;
};

Ts2vec make(const Ts2vecConfig& config, const std::shared_ptr<Encoder>& encoder) {
  return {config, {Waves(1).spec(), encoder, Rng(2)}};
}

TEST(Ts2vec, ContrastsTheStepsThatBothCropsShare) {
  const auto encoder = std::make_shared<Watched>();
  const HierarchicalContrastConfig contrast{.instance_weight = 0.25, .temporal_unit = 1};
  Ts2vec method = make({.contrast = contrast}, encoder);
  const Batch batch = Waves(6).all();
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    encoder->crops.clear();
    const Loss loss = loss_of(method, batch, seed);
    Rng draws(seed);
    const Crops wanted = overlapping_crops(batch.x, 4, draws);
    ASSERT_EQ(encoder->crops.size(), 2);
    EXPECT_TRUE(encoder->crops[0].equal(wanted.first) && encoder->crops[1].equal(wanted.second));
    const Tensor shared = wanted.second.slice(2, 0, wanted.shared).transpose(1, 2);
    const Loss direct = hierarchical_contrast(shared, shared, contrast, SingleProcess());
    EXPECT_EQ(loss.total.item<double>(), direct.total.item<double>());
    EXPECT_EQ(loss.parts.size(), 2);
  }
}

TEST(Ts2vec, HidesStepsOfEachCropAndRowByThemselves) {
  for (const double mask : {0.0, 0.5, 0.8}) {
    const auto encoder = std::make_shared<Watched>();
    Ts2vec method = make({.mask = mask}, encoder);
    loss_of(method, Waves(300).all(), 1);
    for (size_t crop : {0, 1}) {
      const Tensor& seen = encoder->masks.at(crop);
      ASSERT_EQ(seen.sizes(), (std::vector<int64_t>{300, encoder->crops[crop].size(2)}));
      EXPECT_NEAR(seen.to(at::kFloat).mean().item<double>(), 1 - mask, 0.02);
      EXPECT_EQ(seen[0].equal(seen[1]), mask == 0);
      EXPECT_NEAR(seen.to(at::kFloat).mean(0).min().item<double>(), 1 - mask, 0.12);
    }
    const int64_t steps = std::min(encoder->masks[0].size(1), encoder->masks[1].size(1));
    EXPECT_EQ(encoder->masks[0].slice(1, 0, steps).equal(encoder->masks[1].slice(1, 0, steps)),
              mask == 0);
  }
}

TEST(Ts2vec, HidesNothingOutsideTraining) {
  const auto encoder = std::make_shared<Watched>();
  Ts2vec method = make({}, encoder);
  method.eval();
  loss_of(method, Waves(8).all(), 1);
  for (const Tensor& seen : encoder->masks) EXPECT_FALSE(seen.defined());
}

TEST(Ts2vec, DrawsForARowWhatItDrewInTheJointBatch) {
  const auto encoder = std::make_shared<Watched>();
  Ts2vec method = make({}, encoder);
  const Tensor x = Waves(9).all().x;
  const SingleProcess world;
  for (const int64_t first : {0, 5}) {
    Rng draws = Rng(4).from_row(first);
    Step step{0, 0, draws, world};
    method.loss({x.slice(0, first), {}, {}}, step);
  }
  for (const size_t crop : {0, 1}) {
    EXPECT_TRUE(encoder->crops[crop].slice(0, 5).equal(encoder->crops[crop + 2]));
    EXPECT_TRUE(encoder->masks[crop].slice(0, 5).equal(encoder->masks[crop + 2]));
  }
}

TEST(Ts2vec, RefusesEncodersAndWindowsItCannotUse) {
  const std::string message = message_of<ConfigError>([] { make({}, small_encoder(Rng(1))); });
  EXPECT_NE(message.find("ts2vec"), std::string::npos) << message;
  EXPECT_NE(message.find("dilated_conv"), std::string::npos) << message;
  const auto encoder = std::make_shared<Watched>();
  EXPECT_NO_THROW(make({.contrast = {.temporal_unit = 5}}, encoder));
  const std::string too_short =
      message_of<ConfigError>([&] { make({.contrast = {.temporal_unit = 6}}, encoder); });
  EXPECT_NE(too_short.find("64 samples"), std::string::npos) << too_short;
  EXPECT_NE(too_short.find("temporal_unit = 6"), std::string::npos) << too_short;
}

}  // namespace
}  // namespace tacit
