// SPDX-License-Identifier: Apache-2.0
#include "tacit/transforms/image.h"

#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "tests/core/folder.h"
#include "tests/methods/pictures.h"
#include "tests/methods/rows.h"

namespace tacit {
namespace {

TEST(ImageTransformations, AreNamedInTheOrderInWhichTheyAreApplied) {
  std::vector<std::string> names;
  for (const NamedTransform& one : image_transformations()) names.push_back(one.name);
  EXPECT_EQ(names, (std::vector<std::string>{"resized_crop", "random_crop", "flip", "colour_jitter",
                                             "grey", "colour_drop", "blur", "solarise"}));
}

TEST(ImageTransformations, StayBetweenBlackAndWhite) {
  const Tensor x = all_of(Pictures(24)).x.clamp(-1, 1);
  for (const NamedTransform& one : image_transformations()) {
    Rng rng(3);
    const Tensor changed = one.apply(x, rng);
    EXPECT_EQ(changed.sizes(), x.sizes()) << one.name;
    EXPECT_GE(changed.min().item<double>(), -1 - 1e-5) << one.name;
    EXPECT_LE(changed.max().item<double>(), 1 + 1e-5) << one.name;
    EXPECT_FALSE(changed.equal(x)) << one.name;
  }
}

TEST(ImageTransformations, FillTheBorderWithBlack) {
  Rng rng(1);
  const std::vector<NamedTransform> crop = choose(image_transformations(), {"random_crop"}, "x");
  ASSERT_EQ(crop.size(), 1u);
  const Tensor moved = crop[0].apply(at::ones({64, 3, 16, 16}), rng);
  EXPECT_EQ(moved.min().item<double>(), -1);
}

TEST(ImageAugmentation, AppliesWhatIsNamedOneAfterTheOther) {
  const Spec spec = Pictures(1).spec();
  const Tensor x = all_of(Pictures(8)).x.clamp(-1, 1);
  const ImageTransformationsConfig config{
      .flip = {.probability = 1}, .solarise = {.threshold = 0, .probability = 1, .low = -1}};
  Rng rng(1);
  const Transform both = image_augmentation(config, {"flip", "solarise"}, "method.augment", spec);
  EXPECT_TRUE(both(x, rng).allclose(-x.flip(3)));
  EXPECT_TRUE(image_augmentation(config, {}, "method.augment", spec)(x, rng).equal(x));
}

TEST(ImageAugmentation, RefusesUnknownNamesAndWhatIsNoImage) {
  const auto refusal = [](const std::vector<std::string>& names, const Spec& spec) {
    return message_of<Error>([&] { image_augmentation({}, names, "method.augment", spec); });
  };
  const std::string unknown = refusal({"mirror"}, Pictures(1).spec());
  EXPECT_NE(unknown.find("method.augment"), std::string::npos) << unknown;
  EXPECT_NE(unknown.find("\"mirror\""), std::string::npos) << unknown;
  EXPECT_NE(refusal({}, {Modality::signal, {3, 100}, 50, {}}).find("[3, 100]"), std::string::npos);
  EXPECT_NE(refusal({"grey"}, {Modality::image, {2, 8, 8}, 0, {}}).find("grey"), std::string::npos);
}

}  // namespace
}  // namespace tacit
