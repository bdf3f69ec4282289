// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/clip.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/transforms/images.h"

namespace tacit {
namespace {

/// [rows, channels, time, height, width], uniform in -1 … 1.
Tensor random_clips(int64_t rows, int64_t channels, int64_t time, int64_t height, int64_t width) {
  return (2 * random_images(rows * channels, time, height, width) - 1)
      .view({rows, channels, time, height, width});
}

std::vector<std::string> every_name() {
  std::vector<std::string> names;
  for (const NamedTransform& one : clip_transformations()) names.push_back(one.name);
  return names;
}

/// What each of the clip's transformations is of images, with the same parameters.
Transform of_images(const std::string& name) {
  const ClipTransformationsConfig config;
  if (name == "resized_crop") return random_resized_crop(config.resized_crop);
  if (name == "random_crop") return random_crop(config.random_crop);
  if (name == "flip") return horizontal_flip(config.flip);
  return name == "grey" ? grey(config.grey) : colour_jitter(config.colour_jitter);
}

class EveryClipTransformation : public testing::TestWithParam<std::string> {
 protected:
  Transform step() const { return choose(clip_transformations(), {GetParam()}, "x").at(0).apply; }
  bool is_for_whole_clips() const { return GetParam() != "grey" && GetParam() != "colour_jitter"; }
};
INSTANTIATE_TEST_SUITE_P(All, EveryClipTransformation, testing::ValuesIn(every_name()),
                         [](const auto& each) { return each.param; });

TEST_P(EveryClipTransformation, IsThatOfImagesForAllFramesOrForEach) {
  const Tensor x = random_clips(7, 3, 5, 12, 9), y = run(step(), x);
  for (int64_t time = 0; time < 5; ++time) {
    Rng draws = Rng(1);
    if (!is_for_whole_clips()) draws = draws.split().stream(static_cast<uint64_t>(time));
    const Tensor wanted = of_images(GetParam())(x.select(2, time), draws);
    EXPECT_LT(largest_difference(y.select(2, time), wanted), 1e-6) << time;
  }
}

TEST_P(EveryClipTransformation, ChangesAllFramesAlikeOrEachByItself) {
  const Tensor x = random_clips(12, 3, 1, 16, 16).expand({12, 3, 6, 16, 16}), y = run(step(), x);
  bool alike = true;
  for (int64_t time = 1; time < 6; ++time)
    alike = alike && at::equal(y.select(2, time), y.select(2, 0));
  EXPECT_EQ(alike, is_for_whole_clips());
  EXPECT_FALSE(at::equal(x, y));
}

TEST_P(EveryClipTransformation, KeepsShapeAndStaysBetweenBlackAndWhite) {
  for (const int64_t channels : {1, 3})
    for (const int64_t rows : {0, 5}) {
      const Tensor x = random_clips(rows, channels, 3, 8, 11), y = run(step(), x);
      EXPECT_EQ(y.sizes(), x.sizes());
      EXPECT_TRUE(y.is_contiguous());
      EXPECT_EQ(y.scalar_type(), at::kFloat);
      EXPECT_FALSE((y.abs() > 1 + 1e-5).any().item<bool>());
    }
}

TEST_P(EveryClipTransformation, LeavesItsInputUntouchedAndKeepsNoHistory) {
  const Tensor x = random_clips(6, 3, 3, 9, 7).requires_grad_(), before = x.detach().clone();
  const Tensor y = run(step(), x);
  EXPECT_TRUE(at::equal(x, before));
  EXPECT_FALSE(y.is_alias_of(x));
  EXPECT_FALSE(y.requires_grad());
}

TEST_P(EveryClipTransformation, ARowIsTheSameAloneAndInABatch) {
  const Tensor x = random_clips(9, 3, 4, 11, 13), joint = run(step(), x);
  for (int64_t row = 0; row < 9; ++row) {
    Rng own = Rng(1).from_row(row);
    EXPECT_TRUE(at::equal(step()(x.narrow(0, row, 1), own), joint.narrow(0, row, 1))) << row;
  }
}

TEST_P(EveryClipTransformation, DrawsAnewAtTheNextCallAndByItsSeed) {
  const Tensor x = random_clips(20, 3, 2, 10, 10);
  Rng rng(1);
  const Tensor first = step()(x, rng);
  EXPECT_FALSE(at::equal(first, step()(x, rng)));
  EXPECT_TRUE(at::equal(first, run(step(), x, 1)));
  EXPECT_FALSE(at::equal(first, run(step(), x, 2)));
}

TEST_P(EveryClipTransformation, DependsNeitherOnThreadsNorOnMemoryLayoutNorOnMixedPrecision) {
  const Tensor x = random_clips(8, 3, 3, 31, 33);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor alone = run(step(), x);
  at::set_num_threads(2);
  EXPECT_TRUE(at::equal(alone, run(step(), x)));
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(alone, run(step(), x.transpose(1, 2).contiguous().transpose(1, 2))));
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const Tensor mixed = run(step(), x);
  at::autocast::set_autocast_enabled(at::kCPU, false);
  at::autocast::clear_cache();
  EXPECT_TRUE(at::equal(alone, mixed));
}

TEST_P(EveryClipTransformation, IsTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  const Tensor x = random_clips(20, 3, 4, 33, 20), y = run(step(), x.to(at::kCUDA));
  EXPECT_TRUE(y.is_cuda());
  EXPECT_LT(largest_difference(y.cpu(), run(step(), x)), 1e-5);
}

TEST_P(EveryClipTransformation, RefusesWhatIsNotABatchOfClips) {
  const Tensor x = random_clips(4, 3, 2, 8, 8);
  for (const Tensor& wrong : {x[0], x.to(at::kByte), x.to(at::kDouble), x.narrow(2, 0, 0)})
    EXPECT_THROW(run(step(), wrong), ShapeError);
}

TEST(ClipTransformations, AreNamedInTheOrderInWhichTheyAreApplied) {
  EXPECT_EQ(every_name(), (std::vector<std::string>{"resized_crop", "random_crop", "flip",
                                                    "colour_jitter", "grey"}));
}

TEST(ClipTransformations, FillTheBorderOfACropWithBlack) {
  const Transform crop = choose(clip_transformations(), {"random_crop"}, "x").at(0).apply;
  EXPECT_EQ(run(crop, at::ones({32, 3, 2, 8, 8})).min().item<double>(), -1);
}

TEST(ClipAugmentation, AppliesWhatIsNamedAndNothingElse) {
  const Spec spec{Modality::video, {3, 4, 10, 10}, 10, {}};
  const Tensor x = random_clips(30, 3, 4, 10, 10);
  EXPECT_TRUE(at::equal(run(clip_augmentation({}, {}, spec), x), x));
  const Tensor y = run(clip_augmentation({}, {"flip"}, spec), x);
  EXPECT_TRUE(at::equal(y, run(for_whole_clips(horizontal_flip()), x)));
  // Left out, nothing is ever mirrored: the bright side stays where it is.
  Tensor sided = x * 0.1;
  sided.narrow(4, 0, 5).add_(0.5);
  const Tensor changed =
      run(clip_augmentation({}, {"resized_crop", "colour_jitter", "grey"}, spec), sided);
  const Tensor left = changed.select(4, 0).mean({1, 2, 3}),
               right = changed.select(4, 9).mean({1, 2, 3});
  EXPECT_TRUE((left >= right - 0.1).all().item<bool>());
}

TEST(ClipAugmentation, SaysAtOnceWhatItCannotDo) {
  const Spec spec{Modality::video, {3, 4, 10, 10}, 10, {}};
  EXPECT_NE(message_of<ConfigError>([&] {
              clip_augmentation({}, {"flipp"}, spec);
            }).find("method.augment"),
            std::string::npos);
  EXPECT_THROW(clip_augmentation({.random_crop = {.padding = 10, .border = CropBorder::reflect}},
                                 {"random_crop"}, spec),
               ShapeError);
  EXPECT_THROW(clip_augmentation({.resized_crop = {.scale_low = 0.9, .scale_high = 0.8}}, {}, spec),
               ConfigError);
  EXPECT_NE(message_of<ShapeError>([] {
              clip_augmentation({}, {}, {Modality::image, {3, 8, 9}, 0, {}});
            }).find("[3, 8, 9]"),
            std::string::npos);
}

TEST(FramesAt, TakesEachClipsOwn) {
  const Tensor x = random_clips(3, 2, 5, 4, 6);
  const Tensor times = at::tensor({0, 1, 2, 3, 4, 4, 0, 2, 4, 4, 1, 0}, at::kLong).view({3, 4});
  const Tensor y = frames_at(x, times);
  ASSERT_EQ(y.sizes(), (at::IntArrayRef{3, 2, 4, 4, 6}));
  for (int64_t row = 0; row < 3; ++row)
    for (int64_t place = 0; place < 4; ++place)
      EXPECT_TRUE(
          at::equal(y[row].select(1, place), x[row].select(1, times[row][place].item<int64_t>())));
}

TEST(FramesAt, RefusesTimesOfOtherRows) {
  const Tensor x = random_clips(3, 2, 5, 4, 6);
  EXPECT_THROW(frames_at(x, at::ones({2, 4}, at::kLong)), ShapeError);
  EXPECT_THROW(frames_at(x, at::ones({3}, at::kLong)), ShapeError);
  EXPECT_THROW(frames_at(x, at::ones({3, 4})), ShapeError);
  EXPECT_THROW(frames_at(x[0], at::ones({3, 4}, at::kLong)), ShapeError);
}

}  // namespace
}  // namespace tacit
