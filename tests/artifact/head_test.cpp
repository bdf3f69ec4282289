// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/head.h"

#include <ATen/ops/ones.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/weights.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

class HeadTest : public FolderTest {
 protected:
  HeadTest() {
    artifact_.encoder = small_encoder(Rng(1));
    artifact_.manifest.classes = {"run", "sit", "walk"};
  }
  ClassifierHead head(int64_t hidden, int64_t classes = 3, int64_t layers = 1) const {
    return ClassifierHead(
        {.features = 16, .hidden = hidden, .classes = classes, .dropout = 0.5, .layers = layers},
        Rng(2));
  }
  std::string refusal() const {
    return message_of<StateError>([&] { load_head(file_, artifact_); });
  }
  Artifact artifact_;
  const std::filesystem::path file_ = head_file(folder);
};

TEST_F(HeadTest, ComesBackWhole) {
  for (const auto& [hidden, layers] : {std::pair(0, 1), {8, 1}, {8, 3}}) {
    const ClassifierHead saved = head(hidden, 3, layers);
    save_head(saved, file_);
    const auto loaded = load_head(file_, artifact_);
    EXPECT_FALSE(loaded->is_training());
    const auto before = weights(saved), after = weights(*loaded);
    ASSERT_EQ(before.size(), after.size());
    for (const auto& [name, tensor] : before) EXPECT_TRUE(after.at(name).equal(tensor)) << name;
    EXPECT_TRUE(after.contains("shift") && after.contains("scale") &&
                after.contains("head.weight"));
    EXPECT_EQ(after.contains("head.hidden_weight"), hidden > 0);
    EXPECT_EQ(after.contains("head.hidden_weight3"), layers == 3);
  }
}

TEST_F(HeadTest, RefusesTheHeadOfAnotherModel) {
  save_head(head(8, /*classes=*/4), file_);
  EXPECT_NE(refusal().find("head.weight"), std::string::npos);
  save_head(head(0), file_);
  artifact_.manifest.classes = {};
  EXPECT_NE(refusal().find("no classes"), std::string::npos);
}

TEST_F(HeadTest, NoticesDamage) {
  save_head(head(8), file_);
  const std::string whole = read_file(file_);
  for (size_t at = 0; at < whole.size(); at += 97) {
    write_file(file_, {whole.substr(0, at)});
    EXPECT_NE(refusal().find("head.safetensors"), std::string::npos) << "cut at " << at;
  }
  std::filesystem::remove(file_);
  EXPECT_NE(refusal().find("head.safetensors"), std::string::npos);
}

TEST_F(HeadTest, OfANumberKeepsItsUnits) {
  ClassifierHead saved = head(8, /*classes=*/0);
  saved.set_units(50, 3);
  save_head(saved, file_);
  EXPECT_NE(refusal().find("tells numbers"), std::string::npos);
  artifact_.manifest.classes = {};
  const auto loaded = load_head(file_, artifact_);
  EXPECT_TRUE(loaded->tells_number());
  saved.eval();
  const Tensor x = at::ones({2, 16});
  EXPECT_TRUE(loaded->forward(x).equal(saved.forward(x)));
}

}  // namespace
}  // namespace tacit
