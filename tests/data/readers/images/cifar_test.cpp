// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/cifar.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/images/image_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Labels, then planes of `red`, `green` and `blue`.
std::string record(const std::string& labels, char red, char green, char blue) {
  return labels + std::string(1024, red) + std::string(1024, green) + std::string(1024, blue);
}

class Cifar : public testing::Test {
 protected:
  Images read() const {
    ImageBuilder builder({}, "");
    read_cifar(asked_, builder);
    return builder.finish(asked_.path, Target::category, {});
  }
  TemporaryFolder folder_;
  LongFormConfig asked_{.path = folder_.path().string()};
};

TEST_F(Cifar, TenHasNamesAndParts) {
  folder_.write("data_batch_1.bin",
                record("\x01", 'r', 'g', 'b') + record(std::string(1, '\0'), 'a', 'b', 'c'));
  folder_.write("test_batch.bin", record("\x01", 'x', 'y', 'z'));
  folder_.write("batches.meta.txt", "airplane\nautomobile\n\n");
  EXPECT_TRUE(is_cifar(folder_.path()));
  const Images images = read();
  ASSERT_EQ(images.size(), 3);
  EXPECT_EQ(images.classes(), (std::vector<std::string>{"airplane", "automobile"}));
  EXPECT_EQ(images.label(0), 1);
  EXPECT_EQ(images.pixels()[0][1][31][31].item<int64_t>(), 'g');
  EXPECT_EQ(images.origin(0).recording, "train");
  EXPECT_EQ(images.origin(2).recording, "test");
}

TEST_F(Cifar, HundredHasItsFineLabels) {
  folder_.write("train.bin", record("\x05\x63", 'r', 'g', 'b'));
  EXPECT_EQ(read().classes(), std::vector<std::string>{"99"});
}

TEST_F(Cifar, RefusesWhatIsCutOrHasNoName) {
  folder_.write("data_batch_1.bin", record("\x01", 'r', 'g', 'b').substr(0, 3000));
  EXPECT_NE(message<DataError>([&] { read(); }).find("no whole records of 3073"),
            std::string::npos);
  folder_.write("data_batch_1.bin", record("\x02", 'r', 'g', 'b'));
  folder_.write("batches.meta.txt", "airplane\nautomobile\n");
  EXPECT_NE(message<DataError>([&] { read(); }).find("label 2, and there are 2 names"),
            std::string::npos);
  asked_.path = "/nowhere";
  EXPECT_THROW(read(), DataError);
}

}  // namespace
}  // namespace tacit
