// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/artifact.h"

#include <ATen/ops/tensor.h>

#include "tacit/core/files.h"
#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

class ArtifactTest : public FolderTest {
 protected:
  ArtifactTest() {
    artifact_.manifest = {.library = "1.2.3",
                          .commit = "abc",
                          .method = "autoencoder",
                          .classes = {"sit", "run"},
                          .recipe = {{"seed", 5}},
                          .data_fingerprint = "f00"};
    artifact_.spec = Waves(1).spec();
    artifact_.preprocessing = Normalizer{at::tensor({1.f, 2.f, 3.f}), at::tensor({4.f, 5.f, 6.f})};
    artifact_.encoder_name = "temporal_conv";
    artifact_.encoder_config = {{"filters", {8, 16}},
                                {"kernels", {8, 8}},
                                {"strides", {2, 2}},
                                {"dropout", 0.0},
                                {"normalization", "batch"}};
    artifact_.encoder = small_encoder(Rng(1), 0, "batch");
    artifact_.encoder->forward(Waves(8).all().x);  // so that batch statistics are no defaults
    artifact_.encoder->eval();
    artifact_.save(folder);
  }
  std::string refusal() const {
    return message_of<StateError>([&] { Artifact::load(folder); });
  }
  /// Writes the file anew, checksum and all, with a changed manifest.
  void change(const std::function<void(Json&)>& edit) const {
    TensorFile content = read_safetensors(file_);
    Json manifest = Json::parse(content.metadata.at("tacit"));
    edit(manifest);
    content.metadata = {{"tacit", manifest.dump()}};
    write_safetensors(file_, content);
  }
  Artifact artifact_;
  const std::filesystem::path file_ = folder / "model.safetensors";
};

TEST_F(ArtifactTest, ComesBackWhole) {
  const Artifact loaded = Artifact::load(folder);
  EXPECT_EQ(loaded.manifest.library, "1.2.3");
  EXPECT_EQ(loaded.manifest.commit, "abc");
  EXPECT_EQ(loaded.manifest.method, "autoencoder");
  EXPECT_EQ(loaded.manifest.classes, artifact_.manifest.classes);
  EXPECT_EQ(loaded.manifest.recipe, artifact_.manifest.recipe);
  EXPECT_EQ(loaded.manifest.data_fingerprint, "f00");
  EXPECT_EQ(loaded.spec, artifact_.spec);
  const auto& kept = std::get<Normalizer>(loaded.preprocessing);
  EXPECT_TRUE(kept.mean.equal(std::get<Normalizer>(artifact_.preprocessing).mean));
  EXPECT_TRUE(kept.scale.equal(std::get<Normalizer>(artifact_.preprocessing).scale));
  EXPECT_EQ(loaded.encoder_config, artifact_.encoder_config);
  EXPECT_FALSE(loaded.encoder->is_training());
  const Tensor x = Waves(5, 2).all().x;
  EXPECT_TRUE(loaded.encoder->forward(x).equal(artifact_.encoder->forward(x)));
}

TEST_F(ArtifactTest, HasAManifestForPeople) {
  const Json manifest = Json::parse(read_file(folder / "manifest.json"));
  EXPECT_EQ(manifest["format_version"], 1);
  EXPECT_EQ(manifest["method"], "autoencoder");
  EXPECT_EQ(manifest["features"], 16);
  EXPECT_EQ(manifest["spec"]["channels"], (Json{"x", "y", "z"}));
}

TEST_F(ArtifactTest, NoticesDamageAnywhere) {
  const std::string whole = read_file(file_);
  for (size_t at = 0; at < whole.size(); at += 97) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    write_file(file_, {flipped});
    EXPECT_THROW(Artifact::load(folder), StateError) << "byte " << at;
    write_file(file_, {whole.substr(0, at)});
    EXPECT_THROW(Artifact::load(folder), StateError) << "cut at " << at;
  }
}

TEST_F(ArtifactTest, RefusesALaterFormat) {
  change([](Json& manifest) { manifest["format_version"] = 2; });
  EXPECT_NE(refusal().find("artifact format 2"), std::string::npos);
}

TEST_F(ArtifactTest, RefusesWhatDoesNotFitTogether) {
  change([](Json& manifest) { manifest["encoder"]["config"]["filters"] = {8, 17}; });
  EXPECT_NE(refusal().find("shape"), std::string::npos);
  change([](Json& manifest) { manifest["encoder"]["name"] = "something"; });
  EXPECT_NE(refusal().find("something"), std::string::npos);
  change([](Json& manifest) { manifest.erase("spec"); });
  EXPECT_NE(refusal().find("spec"), std::string::npos);
}

TEST_F(ArtifactTest, RefusesForeignAndMissingFiles) {
  write_safetensors(file_, {{{"x", at::tensor({1.f})}}, {}});
  EXPECT_NE(refusal().find("not written by tacit"), std::string::npos);
  std::filesystem::remove(file_);
  EXPECT_NE(refusal().find("model.safetensors"), std::string::npos);
}

}  // namespace
}  // namespace tacit
