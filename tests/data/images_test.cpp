// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/images.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// [3, C, 1, 2] whose values count up.
Tensor counting_pixels(int64_t channels) {
  return at::arange(3 * channels * 2, at::kByte).view({3, channels, 1, 2});
}
std::vector<ImageOrigin> origins() {
  return {{.name = "a", .recording = "train", .subject = "x", .label = "dog"},
          {.name = "b", .recording = "train"},
          {.name = "c", .recording = "test", .label = "cat"}};
}

TEST(Images, HaveTheirPixelsLabelsAndOrigins) {
  const Images images(counting_pixels(3), origins(), Target::category, {}, {"a note"});
  EXPECT_EQ(images.spec().modality, Modality::image);
  EXPECT_EQ(images.spec().shape, (std::vector<int64_t>{3, 1, 2}));
  EXPECT_EQ(images.spec().channels, (std::vector<std::string>{"red", "green", "blue"}));
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"cat", "dog"}));
  const Batch batch = images.read(std::vector<int64_t>{2, 0});
  EXPECT_EQ(batch.x.scalar_type(), at::kFloat);
  EXPECT_EQ(batch.x[0][0][0][1].item<float>(), 13);
  EXPECT_EQ(batch.y[0].item<int64_t>(), 0);
  EXPECT_EQ(batch.y[1].item<int64_t>(), 1);
  EXPECT_FALSE(has_label(images, 1));
  EXPECT_EQ(images.origin(0).subject, "x");
  EXPECT_EQ(images.origin(2).recording, "test");
  EXPECT_FALSE(images.origin(0).overlaps(images.origin(1)));
  EXPECT_EQ(images.notes().size(), 1u);
  EXPECT_THROW(images.read(std::vector<int64_t>{3}), ShapeError);
}

TEST(Images, ArePackedAsBytes) {
  const Images images(counting_pixels(3), origins(), Target::category, {}, {});
  const std::vector<int64_t> rows{2, 0};
  const Batch packed = images.read_packed(rows), read = images.read(rows);
  EXPECT_EQ(packed.x.scalar_type(), at::kByte);
  EXPECT_TRUE(images.unpack(packed.x).equal(read.x));
  EXPECT_TRUE(packed.y.equal(read.y));
  EXPECT_TRUE(packed.row.equal(read.row));
}

TEST(Images, CountTheLabelsThatAreAskedFor) {
  const Images images(counting_pixels(1), origins(), Target::category, {"dog"}, {});
  EXPECT_EQ(images.spec().channels, std::vector<std::string>{"grey"});
  EXPECT_EQ(images.classes(), std::vector<std::string>{"dog"});
  EXPECT_EQ(images.label(0), 0);
  EXPECT_EQ(images.label(2), -1);
  EXPECT_NE(message<ConfigError>([&] {
              Images(counting_pixels(1), origins(), Target::category, {"horse"}, {});
            }).find("horse"),
            std::string::npos);
}

TEST(Images, HaveNumbersWhereTheyAreAskedFor) {
  std::vector<ImageOrigin> numbered = origins();
  numbered[0].label = "1.5", numbered[2].label = "-2";
  const Images images(counting_pixels(1), numbered, Target::number, {}, {});
  EXPECT_TRUE(images.classes().empty());
  EXPECT_EQ(images.number(0), 1.5F);
  EXPECT_FALSE(has_label(images, 1));
  EXPECT_EQ(images.label(0), -1);
  EXPECT_EQ(
      message<DataError>([&] { Images(counting_pixels(1), origins(), Target::number, {}, {}); }),
      "data.target = \"number\", but the label \"dog\" of a is none");
}

TEST(Images, AreBytesOfOneOrThreeChannels) {
  EXPECT_THROW(Images(counting_pixels(2), origins(), Target::category, {}, {}), ShapeError);
  EXPECT_THROW(Images(at::zeros({3, 1, 2, 2}), origins(), Target::category, {}, {}), ShapeError);
  EXPECT_THROW(Images(counting_pixels(1), {}, Target::category, {}, {}), ShapeError);
}

}  // namespace
}  // namespace tacit
