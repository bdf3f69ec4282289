// SPDX-License-Identifier: Apache-2.0
// What every transform of images promises.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cmath>
#include <string>

#include "tacit/core/error.h"
#include "tacit/transforms/image_colour.h"
#include "tacit/transforms/image_crop.h"
#include "tests/transforms/images.h"

namespace tacit {
namespace {

struct Named {
  std::string name;
  Transform always, sometimes;
  double probability = 1;   ///< of `sometimes`
  bool draws = true;        ///< beyond whether to act
  double least_change = 1;  ///< share of rows that `always` changes at least
};

/// Config that acts on every row.
template <class Config>
Config certain(Config config = {}) {
  config.probability = 1;
  return config;
}

std::vector<Named> all_transforms() {
  const RandomCropConfig mirrored{.border = CropBorder::reflect};
  return {
      {"random_resized_crop", random_resized_crop(), random_resized_crop(), 1, true, 0.95},
      {"random_crop", random_crop(), random_crop(), 1, true, 0.95},
      {"random_crop_mirrored", random_crop(mirrored), random_crop(mirrored), 1, true, 0.95},
      {"horizontal_flip", horizontal_flip(certain<FlipConfig>()), horizontal_flip(), 0.5, false},
      {"colour_jitter", colour_jitter(certain<ColourJitterConfig>()), colour_jitter(), 0.8},
      {"grey", grey(certain<GreyConfig>()), grey(), 0.2, false},
      {"colour_drop", colour_drop(certain<ColourDropConfig>()), colour_drop(), 0.8},
      {"gaussian_blur", gaussian_blur(certain<GaussianBlurConfig>({.sigma_low = 0.5})),
       gaussian_blur({.sigma_low = 0.5}), 0.5},
      {"solarise", solarise(certain<SolariseConfig>()), solarise(), 0.2, false}};
}

class ImageContract : public testing::TestWithParam<size_t> {
 protected:
  const Named step = all_transforms().at(GetParam());
};

TEST_P(ImageContract, KeepsShapeAndTypeAndStaysFinite) {
  for (const int64_t channels : {1, 3})
    for (const auto& [height, width] : {std::pair<int64_t, int64_t>{8, 8}, {5, 31}, {33, 6}}) {
      const Tensor x = random_images(6, channels, height, width);
      const Tensor y = run(step.always, x);
      EXPECT_EQ(y.sizes(), x.sizes());
      EXPECT_EQ(y.scalar_type(), at::kFloat);
      EXPECT_TRUE(y.is_contiguous());
      EXPECT_TRUE(at::isfinite(y).all().item<bool>());
      EXPECT_GE(y.min().item<double>(), 0);
      EXPECT_LE(y.max().item<double>(), 1 + 1e-6);
    }
}

TEST_P(ImageContract, AcceptsNoRows) {
  const Tensor x = random_images(0, 3, 8, 8);
  EXPECT_EQ(run(step.always, x).sizes(), x.sizes());
}

TEST_P(ImageContract, AcceptsASinglePixel) {
  const Tensor x = random_images(4, 3, 1, 1);
  if (step.name == "random_crop_mirrored")
    EXPECT_THROW(run(step.always, x), ShapeError);
  else
    EXPECT_EQ(run(step.always, x).sizes(), x.sizes());
}

TEST_P(ImageContract, LeavesItsInputUntouched) {
  const Tensor x = random_images(8, 3, 9, 7), before = x.clone();
  for (const Transform& transform : {step.always, step.sometimes}) {
    const Tensor y = run(transform, x);
    EXPECT_TRUE(at::equal(x, before));
    EXPECT_FALSE(y.is_alias_of(x));
  }
}

TEST_P(ImageContract, KeepsNoGradientHistory) {
  const Tensor x = random_images(8, 3, 9, 7).requires_grad_();
  EXPECT_FALSE(run(step.sometimes, x).requires_grad());
}

TEST_P(ImageContract, ReadsAnyMemoryLayoutAlike) {
  const Tensor x = random_images(8, 3, 9, 7);
  const Tensor turned = x.contiguous(at::MemoryFormat::ChannelsLast);
  ASSERT_FALSE(turned.is_contiguous());
  const Tensor y = run(step.always, turned);
  EXPECT_TRUE(y.is_contiguous());
  EXPECT_TRUE(at::equal(run(step.always, x), y));
}

TEST_P(ImageContract, ChangesRowsAtItsRate) {
  const Tensor x = random_images(4000, 3, 8, 8);
  const auto rate = [&](const Transform& transform) {
    const Tensor changed = (run(transform, x) != x).flatten(1).any(1);
    return changed.to(at::kDouble).mean().item<double>();
  };
  EXPECT_GE(rate(step.always), step.least_change);
  const double p = step.probability;
  if (p < 1) {
    EXPECT_NEAR(rate(step.sometimes), p, 5 * std::sqrt(p * (1 - p) / 4000));
  }
}

TEST_P(ImageContract, RowsThatAreNotChosenPassAsTheyAre) {
  const Tensor x = 3 * random_images(40, 3, 8, 8) - 1;  // also beyond black and white
  const Tensor y = run(step.sometimes, x);
  if (step.probability < 1) {
    EXPECT_TRUE((y == x).flatten(1).all(1).any().item<bool>());
  }
}

TEST_P(ImageContract, DrawsForEachRowOnItsOwn) {
  const Tensor x = random_images(1, 3, 32, 32).expand({6, 3, 32, 32});
  const Tensor y = run(step.always, x);
  int different = 0;  // from the first; among few outcomes some rows draw the same
  for (int64_t row = 1; row < 6; ++row) different += at::equal(y[0], y[row]) ? 0 : 1;
  EXPECT_GE(different, step.draws ? 2 : 0);
  EXPECT_LE(different, step.draws ? 5 : 0);
}

TEST_P(ImageContract, ARowIsTheSameAloneAndInABatch) {
  const Tensor x = random_images(9, 3, 33, 20);
  const Tensor joint = run(step.sometimes, x);
  for (int64_t row = 0; row < 9; ++row) {
    Rng own = Rng(1).from_row(row);
    EXPECT_TRUE(at::equal(step.sometimes(x.narrow(0, row, 1), own), joint.narrow(0, row, 1)));
  }
}

TEST_P(ImageContract, SameSeedSameResultOtherSeedOtherResult) {
  const Tensor x = random_images(30, 3, 16, 16);
  EXPECT_TRUE(at::equal(run(step.sometimes, x, 1), run(step.sometimes, x, 1)));
  EXPECT_FALSE(at::equal(run(step.sometimes, x, 1), run(step.sometimes, x, 2)));
}

TEST_P(ImageContract, TheNextCallDrawsAnew) {
  const Tensor x = random_images(30, 3, 16, 16);
  Rng rng(1);
  const Tensor first = step.sometimes(x, rng);
  EXPECT_FALSE(at::equal(first, step.sometimes(x, rng)));
}

TEST_P(ImageContract, DoesNotDependOnTheNumberOfThreads) {
  const int before = at::get_num_threads();
  for (const Tensor& x : {random_images(1, 3, 192, 192), random_images(50, 3, 31, 33)}) {
    at::set_num_threads(1);
    const Tensor alone = run(step.always, x);
    at::set_num_threads(2);
    const Tensor shared = run(step.always, x);
    at::set_num_threads(before);
    EXPECT_TRUE(at::equal(alone, shared));
  }
}

TEST_P(ImageContract, KeepsItsPrecisionInAMixedPrecisionStep) {
  const Tensor x = random_images(8, 3, 32, 32), expected = run(step.always, x);
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const Tensor y = run(step.always, x);
  at::autocast::set_autocast_enabled(at::kCPU, false);
  at::autocast::clear_cache();
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(y, expected));
}

TEST_P(ImageContract, IsTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "no GPU";
  for (const int64_t channels : {1, 3}) {
    const Tensor x = random_images(40, channels, 33, 20);
    const Tensor y = run(step.sometimes, x.to(at::kCUDA));
    EXPECT_TRUE(y.is_cuda());
    EXPECT_LT(largest_difference(y.cpu(), run(step.sometimes, x)), 1e-5);
  }
}

TEST_P(ImageContract, RefusesWhatIsNotABatchOfImages) {
  const Tensor x = random_images(4, 3, 8, 8);
  EXPECT_THROW(run(step.always, x[0]), ShapeError);
  EXPECT_THROW(run(step.always, x.to(at::kByte)), ShapeError);
  EXPECT_THROW(run(step.always, x.to(at::kDouble)), ShapeError);
  EXPECT_THROW(run(step.always, x.narrow(3, 0, 0)), ShapeError);
}

INSTANTIATE_TEST_SUITE_P(All, ImageContract, testing::Range<size_t>(0, all_transforms().size()),
                         [](const auto& made) { return all_transforms().at(made.param).name; });

TEST(ImageConfigs, RefuseValuesOutOfRange) {
  const auto refuses = [](auto config, const char* json) {
    EXPECT_THROW(read_config(config, Json::parse(json)), ConfigError) << json;
  };
  refuses(ResizedCropConfig{}, R"({"scale_low": 0})");
  refuses(ResizedCropConfig{}, R"({"scale_high": 1.1})");
  refuses(ResizedCropConfig{}, R"({"ratio_low": 0})");
  refuses(RandomCropConfig{}, R"({"padding": -1})");
  refuses(RandomCropConfig{}, R"({"border": "wrap"})");
  refuses(FlipConfig{}, R"({"probability": 1.1})");
  refuses(ColourJitterConfig{}, R"({"hue": 0.6})");
  refuses(ColourJitterConfig{}, R"({"brightness": -0.1})");
  refuses(GreyConfig{}, R"({"probability": -0.1})");
  refuses(GaussianBlurConfig{}, R"({"sigma_low": 0})");
  refuses(SolariseConfig{}, R"({"threshold": 2})");
}

TEST(ImageConfigs, ReadWhatTheyWrite) {
  RandomCropConfig config;
  read_config(config, Json::parse(R"({"padding": 2, "border": "reflect", "fill": -1})"));
  EXPECT_EQ(config.padding, 2);
  EXPECT_EQ(config.border, CropBorder::reflect);
  EXPECT_EQ(config.fill, -1);
  EXPECT_EQ(write_config(config).at("border"), "reflect");
}

TEST(ImageConfigs, RefuseEndsInTheWrongOrder) {
  EXPECT_THROW(random_resized_crop({.scale_low = 0.5, .scale_high = 0.4}), ConfigError);
  EXPECT_THROW(random_resized_crop({.ratio_low = 2}), ConfigError);
  EXPECT_THROW(gaussian_blur({.sigma_low = 3}), ConfigError);
  EXPECT_THROW(colour_jitter({.low = 1}), ConfigError);
  EXPECT_THROW(colour_jitter({.hue = 0.3, .strength = 2}), ConfigError);
  EXPECT_THROW(solarise({.low = 2}), ConfigError);
}

}  // namespace
}  // namespace tacit
