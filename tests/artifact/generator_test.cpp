// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/generator.h"

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/safetensors.h"
#include "tacit/nn/registry.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNoise = 8;

/// The encoder of a GAN for images [3, size, size] of three classes.
Artifact artifact_of(int64_t size) {
  Artifact artifact;
  artifact.manifest.classes = {"cat", "dog", "horse"};
  artifact.spec = {Modality::image, {3, size, size}, 0, {"red", "green", "blue"}};
  artifact.preprocessing = Normalizer::between(0, 255, 3);
  artifact.encoder_name = "gan_discriminator";
  artifact.encoder_config = {{"width", 0.0625}};
  artifact.encoder = find_encoder(artifact.encoder_name)
                         .make(artifact.encoder_config, artifact.encoder_spec(), Rng(1));
  return artifact;
}

GanGenerator generator_of(GeneratorNormalization normalization, const Artifact& artifact,
                          int64_t classes = 3) {
  GanGenerator made({.noise = kNoise,
                     .width = 0.0625,
                     .normalization = normalization,
                     .classes = classes,
                     .hidden = 5},
                    artifact.encoder_spec(), Rng(2));
  stir(made);
  return made;
}

class GeneratorTest : public FolderTest {
 protected:
  std::string refusal(const Artifact& artifact) const {
    const std::string sentence = message_of<StateError>([&] { load_generator(file_, artifact); });
    EXPECT_NE(sentence.find("generator.safetensors"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << sentence;
    return sentence;
  }
  /// With other words in place of the description.
  void redescribe(const std::string& words) const {
    TensorFile content = read_safetensors(file_);
    content.metadata["tacit"] = words;
    write_safetensors(file_, content);
  }
  Json description() const { return Json::parse(read_safetensors(file_).metadata.at("tacit")); }

  const Artifact artifact_ = artifact_of(32);
  const fs::path file_ = generator_file(folder);
};

TEST_F(GeneratorTest, ComesBackAsItWasInEvalMode) {
  const Tensor z = numbers({4, kNoise}, 7), y = at::tensor({2, 0, 1, 2}, at::kLong);
  for (const auto normalization :
       {GeneratorNormalization::batch, GeneratorNormalization::conditional,
        GeneratorNormalization::self_modulated}) {
    GanGenerator saved = generator_of(normalization, artifact_);
    save_generator(saved, artifact_, file_);
    const KeptGenerator kept = load_generator(file_, artifact_);
    EXPECT_FALSE(kept.network->is_training());
    EXPECT_EQ(write_config(kept.config), write_config(saved.config()));
    EXPECT_EQ(write_config(kept.network->config()), write_config(saved.config()));
    saved.eval();
    EXPECT_TRUE(kept.network->forward(z, y).equal(saved.forward(z, y)));
  }
}

TEST_F(GeneratorTest, NamesTheClassesThatCanBeAskedFor) {
  save_generator(generator_of(GeneratorNormalization::conditional, artifact_), artifact_, file_);
  EXPECT_EQ(load_generator(file_, artifact_).classes, artifact_.manifest.classes);
  save_generator(generator_of(GeneratorNormalization::batch, artifact_), artifact_, file_);
  EXPECT_TRUE(load_generator(file_, artifact_).classes.empty());
}

TEST_F(GeneratorTest, RefusesTheGeneratorOfAnotherEncoder) {
  save_generator(generator_of(GeneratorNormalization::conditional, artifact_), artifact_, file_);
  EXPECT_NE(refusal(artifact_of(48)).find("[3, 48, 48]"), std::string::npos);
  Artifact other = artifact_;
  other.manifest.classes = {"cat", "dog", "zebra"};
  EXPECT_NE(refusal(other).find("not those"), std::string::npos);
  other.manifest.classes.pop_back();
  EXPECT_NE(refusal(other).find("knows 2"), std::string::npos);
  other.spec = {Modality::signal, {3, 400}, 50, {"x", "y", "z"}};
  EXPECT_NE(refusal(other).find("another kind"), std::string::npos);
}

TEST_F(GeneratorTest, RefusesToKeepClassesWithoutNames) {
  Artifact nameless = artifact_;
  nameless.manifest.classes = {};
  EXPECT_THROW(
      save_generator(generator_of(GeneratorNormalization::conditional, artifact_), nameless, file_),
      StateError);
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(GeneratorTest, NoticesDamage) {
  refusal(artifact_);  // there is none
  save_generator(generator_of(GeneratorNormalization::batch, artifact_), artifact_, file_);
  const std::string whole = read_file(file_);
  for (size_t at = 0; at < whole.size(); at += whole.size() / 40 + 1) {
    write_file(file_, {whole.substr(0, at)});
    refusal(artifact_);
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 4);
    write_file(file_, {flipped});
    refusal(artifact_);
  }
}

TEST_F(GeneratorTest, RefusesFilesOfOtherPrograms) {
  save_generator(generator_of(GeneratorNormalization::batch, artifact_), artifact_, file_);
  TensorFile content = read_safetensors(file_);
  const Json good = description();
  const auto changed = [&](const char* place, const Json& value) {
    Json json = good;
    json[Json::json_pointer(place)] = value;
    redescribe(json.dump());
    return refusal(artifact_);
  };
  EXPECT_NE(changed("/format_version", 2).find("format 2"), std::string::npos);
  EXPECT_NE(changed("/generator/config/noise", 0).find("noise"), std::string::npos);
  EXPECT_NE(changed("/generator/config/noise", 9).find("dense_weight"), std::string::npos);
  EXPECT_NE(changed("/generator/config/widht", 1).find("widht"), std::string::npos);
  changed("/generator/config/width", 1e12);
  changed("/generator", "none");
  redescribe("{");
  refusal(artifact_);
  content.metadata.clear();
  write_safetensors(file_, content);
  EXPECT_NE(refusal(artifact_).find("not written by tacit"), std::string::npos);
}

}  // namespace
}  // namespace tacit
