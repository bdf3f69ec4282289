// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/export.h"

#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tests/run/kept_generator.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class ExportTest : public FolderTest {
 protected:
  ExportTest() { run_pretrain(tiny_recipe({"train.epochs=1"}), run_, Existing::continue_same, {}); }
  void finetune() { run_finetune(run_, {2, false}, {"curve.seeds=1"}, {}); }
  /// The refusal, which must leave the folder as it was.
  template <class E>
  std::string refusal(const fs::path& output, const ExportOptions& options = {}) {
    const auto before = content();
    const std::string sentence = message_of<E>([&] { run_export(run_, output, options); });
    EXPECT_EQ(content(), before);
    return sentence;
  }
  const fs::path run_ = folder / "run", file_ = folder / "model.onnx";
};

TEST_F(ExportTest, TakesTheFinetunedModelWhereThereIsOne) {
  EXPECT_EQ(run_export(run_, file_, {}).outputs, (Texts{"features"}));
  const std::string plain = read_file(file_);
  finetune();
  const Exported exported = run_export(run_, file_, {});
  EXPECT_EQ(exported.outputs, (Texts{"features", "probabilities"}));
  ASSERT_TRUE(exported.parity.has_value());
  EXPECT_GE(exported.parity->windows, 100);
  EXPECT_NE(read_file(file_), plain);
  run_export(run_, file_, {.head = ExportHead::none});
  EXPECT_EQ(read_file(file_), plain);
  EXPECT_EQ(content(), (std::set<std::string>{"run", "model.onnx"}));
}

TEST_F(ExportTest, RefusesAnotherSuffixAndAFolderThatIsNotThere) {
  for (const char* name : {"model.pt", "model", "model.onnx.gz"})
    EXPECT_NE(refusal<ConfigError>(folder / name).find(".onnx"), std::string::npos);
  EXPECT_NE(refusal<StateError>(folder / "nowhere" / "m.onnx").find("nowhere"), std::string::npos);
}

TEST_F(ExportTest, RefusesARunWithoutTheModelAskedFor) {
  EXPECT_NE(refusal<StateError>(file_, {.head = ExportHead::finetuned}).find("tacit finetune"),
            std::string::npos);
  fs::remove_all(run_ / "artifact");
  EXPECT_NE(refusal<StateError>(file_).find("no encoder"), std::string::npos);
  fs::remove_all(run_);
  EXPECT_NE(refusal<StateError>(file_).find("run.json"), std::string::npos);
}

TEST_F(ExportTest, RefusesADamagedHeadAndADamagedEncoder) {
  finetune();
  for (const char* name : {"head.safetensors", "model.safetensors"}) {
    const fs::path damaged = run_ / "finetuned" / name;
    const std::string whole = read_file(damaged);
    write_file(damaged, {whole.substr(0, whole.size() - 3)});
    EXPECT_NE(refusal<StateError>(file_).find(name), std::string::npos);
    write_file(damaged, {whole});
  }
  fs::remove(run_ / "finetuned" / "head.safetensors");
  EXPECT_NE(refusal<StateError>(file_).find("head.safetensors"), std::string::npos);
}

TEST_F(ExportTest, KeepsAnUncheckedFileOnlyWhenAskedTo) {
  ::setenv("TACIT_ONNXRUNTIME", "/nowhere/libonnxruntime.so", 1);
  EXPECT_NE(refusal<StateError>(file_).find("--unchecked"), std::string::npos);
  EXPECT_FALSE(run_export(run_, file_, {.check = ExportCheck::unchecked}).parity.has_value());
  EXPECT_TRUE(fs::exists(file_));
  ::unsetenv("TACIT_ONNXRUNTIME");
}

TEST_F(ExportTest, WritesAHeadThatTellsNumbers) {
  const fs::path numbers = folder / "numbers";
  run_pretrain(number_recipe(folder, {"train.epochs=1"}), numbers, Existing::continue_same, {});
  run_finetune(numbers, {20, false}, {"curve.seeds=1"}, {});
  const Exported exported = run_export(numbers, file_, {});
  EXPECT_EQ(exported.outputs, (std::vector<std::string>{"features", "number"}));
  EXPECT_TRUE(fs::exists(file_));
}

/// A finished run whose generator makes images of 32 pixels.
class ExportOfGenerators : public FolderTest {
 protected:
  std::string refusal() const {
    const auto before = content();
    const std::string sentence = message_of<StateError>([&] { run_export(run_, file_, options_); });
    EXPECT_EQ(content(), before);
    return sentence;
  }
  const ExportOptions options_{.model = ExportModel::generator};
  const fs::path run_ = folder / "run", file_ = folder / "generator.onnx";
};

TEST_F(ExportOfGenerators, WritesAndComparesEachKind) {
  for (const auto normalization :
       {GeneratorNormalization::batch, GeneratorNormalization::conditional,
        GeneratorNormalization::self_modulated}) {
    keep_generator(run_, normalization);
    const Exported exported = run_export(run_, file_, options_);
    EXPECT_EQ(exported.inputs, normalization == GeneratorNormalization::conditional
                                   ? (Texts{"noise", "class"})
                                   : Texts{"noise"});
    EXPECT_EQ(exported.outputs, Texts{"images"});
    ASSERT_TRUE(exported.parity.has_value());
    EXPECT_GE(exported.parity->windows, 30);
    EXPECT_LE(exported.parity->largest, kParityTolerance);
    EXPECT_EQ(content(), (std::set<std::string>{"run", "generator.onnx"}));
  }
}

TEST_F(ExportOfGenerators, LeavesTheEncoderToTheOtherChoice) {
  keep_generator(run_, GeneratorNormalization::batch);
  run_export(run_, file_, options_);
  const std::string images = read_file(file_);
  const Exported exported = run_export(run_, file_, {});
  EXPECT_EQ(exported.inputs, Texts{"image"});
  EXPECT_EQ(exported.outputs, Texts{"features"});
  EXPECT_NE(read_file(file_), images);
}

TEST_F(ExportOfGenerators, RefusesARunThatKeptNone) {
  EXPECT_NE(refusal().find("run.json"), std::string::npos);
  keep_generator(run_, GeneratorNormalization::batch);
  fs::remove(generator_file(run_ / "artifact"));
  const std::string sentence = refusal();
  EXPECT_NE(sentence.find("keeps no generator"), std::string::npos);
  EXPECT_NE(sentence.find("pre-train on images with ssgan"), std::string::npos);
  fs::remove_all(run_ / "artifact");
  EXPECT_NE(refusal().find("no generator"), std::string::npos);
}

TEST_F(ExportOfGenerators, KeepsAnUncheckedFileOnlyWhenAskedTo) {
  keep_generator(run_, GeneratorNormalization::conditional);
  ::setenv("TACIT_ONNXRUNTIME", "/nowhere/libonnxruntime.so", 1);
  EXPECT_NE(refusal().find("--unchecked"), std::string::npos);
  ExportOptions options = options_;
  options.check = ExportCheck::unchecked;
  EXPECT_FALSE(run_export(run_, file_, options).parity.has_value());
  EXPECT_TRUE(fs::exists(file_));
  ::unsetenv("TACIT_ONNXRUNTIME");
}

}  // namespace
}  // namespace tacit
