// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/image_overview.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

namespace tacit {
namespace {

/// Three grey pictures of 2 x 3 pixels: black, white, and black again.
Images pictures(Target target = Target::category) {
  const auto flat = [](int64_t value) { return at::full({1, 1, 2, 3}, value, at::kByte); };
  return Images(at::cat({flat(0), flat(255), flat(0)}),
                {{.name = "a", .recording = "train", .subject = "x", .label = "1"},
                 {.name = "b", .recording = "train", .subject = "y", .label = "2"},
                 {.name = "c", .recording = "test", .subject = "x"}},
                target, {}, {"one was skipped"});
}

TEST(ImageOverview, CountsPartsClassesAndWhatRepeats) {
  const ImageOverview seen = overview(pictures());
  EXPECT_EQ(seen.images, 3);
  EXPECT_EQ(seen.height, 2);
  EXPECT_EQ(seen.width, 3);
  EXPECT_EQ(seen.parts, (std::map<std::string, int64_t>{{"train", 2}, {"test", 1}}));
  EXPECT_EQ(seen.subjects, 2);
  EXPECT_EQ(seen.repeated, 1);
  ASSERT_EQ(seen.classes.size(), 3u);
  EXPECT_EQ(seen.classes[1].name, "2");
  EXPECT_EQ(seen.classes[1].images, 1);
  EXPECT_EQ(seen.classes[2].name, "(unlabelled)");
}

TEST(ImageOverview, MeasuresPixels) {
  const ImageOverview seen = overview(pictures());
  ASSERT_EQ(seen.channels.size(), 1u);
  EXPECT_NEAR(seen.channels[0].mean, 85, 1e-9);
  EXPECT_NEAR(seen.channels[0].deviation, 120.2082, 1e-3);
  EXPECT_NEAR(seen.channels[0].black, 2.0 / 3, 1e-9);
  EXPECT_NEAR(seen.channels[0].white, 1.0 / 3, 1e-9);
}

TEST(ImageOverview, CountsNumbersAsOne) {
  const ImageOverview seen = overview(pictures(Target::number));
  ASSERT_EQ(seen.classes.size(), 2u);
  EXPECT_EQ(seen.classes[0].name, "(a number)");
  EXPECT_EQ(seen.classes[0].images, 2);
}

TEST(ImageOverview, IsPrintedForPeople) {
  const std::string printed = overview(pictures()).print();
  for (const char* said :
       {"3 images of 3 x 2 pixels of 2 subjects", "part test: 1", "1 repeat the pixels",
        "(unlabelled): 1", "grey: mean 85.0", "note: one was skipped"})
    EXPECT_NE(printed.find(said), std::string::npos) << said << "\n" << printed;
}

}  // namespace
}  // namespace tacit
