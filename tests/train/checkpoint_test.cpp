// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/checkpoint.h"

#include <ATen/ops/full.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

class CheckpointsTest : public FolderTest {
 protected:
  static TensorFile numbered(double number) {
    return {{{"x", at::full({3}, number)}}, {{"n", "v"}}};
  }
  double newest() const { return Checkpoints(folder).load()->tensors.at("x")[0].item<double>(); }
  fs::path file(const std::string& name) const { return folder / (name + ".safetensors"); }
  void save(double number) const { Checkpoints(folder).save(numbered(number)); }
};

TEST_F(CheckpointsTest, AreNoneInAFreshFolder) {
  const Checkpoints checkpoints(folder / "new" / "deeper");
  EXPECT_FALSE(checkpoints.load());
  EXPECT_FALSE(checkpoints.load_best());
}

TEST_F(CheckpointsTest, KeepTheTwoNewest) {
  for (const double number : {1., 2., 3.}) save(number);
  EXPECT_EQ(content(), (std::set<std::string>{"last.safetensors", "previous.safetensors"}));
  EXPECT_EQ(newest(), 3);
  EXPECT_EQ(read_safetensors(file("previous")).tensors.at("x")[0].item<double>(), 2);
}

TEST_F(CheckpointsTest, FallBackToThePreviousWhereverTheLastIsDamaged) {
  save(1), save(2);
  const std::string whole = read_file(file("last"));
  for (size_t at = 0; at < whole.size(); at += 7) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write_file(file("last"), {flipped});
    EXPECT_EQ(newest(), 1) << "byte " << at;
    write_file(file("last"), {whole.substr(0, at)});
    EXPECT_EQ(newest(), 1) << "cut at " << at;
  }
  write_file(file("last"), {whole});
  EXPECT_EQ(newest(), 2);
}

TEST_F(CheckpointsTest, SayWhyWhenAllAreDamaged) {
  save(1), save(2);
  write_file(file("last"), {"nonsense"});
  write_file(file("previous"), {""});
  const std::string message = message_of<StateError>([&] { Checkpoints(folder).load(); });
  for (const char* part : {"last.safetensors", "previous.safetensors", "--overwrite"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST_F(CheckpointsTest, RefuseWhatIsNotFiniteAndKeepTheOldOnes) {
  save(1), save(2);
  for (const double bad : {NAN, INFINITY}) {
    EXPECT_THROW(save(bad), StateError);
    EXPECT_THROW(Checkpoints(folder).save_best(numbered(bad)), StateError);
  }
  EXPECT_EQ(newest(), 2);
  EXPECT_EQ(content(), (std::set<std::string>{"last.safetensors", "previous.safetensors"}));
}

TEST_F(CheckpointsTest, SurviveAKillBetweenAnyTwoOfTheirRenames) {
  save(1), save(2);
  write_safetensors(file("next"), numbered(3));  // written, not yet named
  EXPECT_EQ(newest(), 3);
  rename_file(file("last"), file("previous"));  // the old one moved away
  EXPECT_EQ(newest(), 3);
  save(4);  // the next process goes on from there
  EXPECT_EQ(newest(), 4);
  EXPECT_FALSE(fs::exists(file("next")));
}

TEST_F(CheckpointsTest, SurviveAKillWithinTheFirstSave) {
  write_safetensors(file("next"), numbered(1));
  EXPECT_EQ(newest(), 1);
  save(2);
  EXPECT_EQ(newest(), 2);
}

TEST_F(CheckpointsTest, KeepTheBestBesideThem) {
  save(1);
  Checkpoints(folder).save_best(numbered(5));
  save(2), save(3);
  EXPECT_EQ(Checkpoints(folder).load_best()->tensors.at("x")[0].item<double>(), 5);
  EXPECT_EQ(newest(), 3);
}

}  // namespace
}  // namespace tacit
