// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/trained.h"

#include "tacit/evaluate/features.h"
#include "tacit/run/curve.h"
#include "tacit/run/pretrain.h"
#include "tacit/run/probe.h"
#include "tests/run/tiny.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// A run on four simulated people, whose encoder others borrow.
class TrainedTest : public FolderTest {
 protected:
  TrainedTest() { run_pretrain(tiny_recipe(), run_, Existing::continue_same, {}); }

  std::string refusal(const std::vector<std::string>& overrides) const {
    const Recipe recipe = tiny_recipe(overrides);
    return message_of<ConfigError>([&] { borrow_encoder(run_, recipe, prepare(recipe)); });
  }
  const fs::path run_ = folder / "run";
};

TEST_F(TrainedTest, ServesACurveOnOtherDataWithoutPretraining) {
  const std::string other = "data.simulate.seed=9";
  const std::string models = "curve.models=['self_supervised_frozen', 'self_supervised_finetuned']";
  const std::string borrowed = text("curve.pretrained=['{}']", run_.string());
  const Json results = run_curve(tiny_recipe({other, models, borrowed}), folder / "curve",
                                 Existing::continue_same, {});
  EXPECT_EQ(results["scores"]["weighted_f1/self_supervised_frozen/2"]["n"], 2);
  EXPECT_FALSE(fs::exists(folder / "curve" / "encoders"));
  EXPECT_FALSE(fs::exists(folder / "curve" / "metrics.jsonl"));
}

TEST_F(TrainedTest, GivesTheCurveThatPretrainingWouldGiveOnTheSameDataAndSplit) {
  const Recipe recipe = tiny_recipe();
  const Artifact artifact = borrow_encoder(run_, recipe, prepare(recipe));
  EXPECT_EQ(artifact.encoder_name, "temporal_conv");
}

TEST_F(TrainedTest, RefusesAnEncoderThatMayHaveSeenTheTestWindowsOrIsAnother) {
  for (const char* override : {"seed=2", "data.split.test=0.5", "data.window.overlap=0.5"})
    EXPECT_NE(refusal({override}).find("may have seen the test windows"), std::string::npos)
        << override;
  EXPECT_NE(refusal({"encoder.dropout=0.3"}).find("another network"), std::string::npos);
  for (const char* override : {"data.high_pass.hz=0.5", "data.scale_people=true"})
    EXPECT_NE(refusal({override}).find("data.high_pass or data.scale_people"), std::string::npos);
  const Recipe longer = tiny_recipe({"data.window.length=60"});
  EXPECT_THROW(borrow_encoder(run_, longer, prepare(longer)), ShapeError);
}

TEST_F(TrainedTest, LoadsTheFinetunedModelAsItWas) {
  const Recipe recipe = tiny_recipe();
  message_of<StateError>([&] { load_finetuned(run_); });
  const Json results = run_finetune(run_, {.all = true}, {"curve.seeds=1"}, {});
  const Trained trained(run_, recipe);
  const Finetuned model = load_finetuned(run_);
  const Tensor x = extract(*model.artifact.encoder, trained.test, 8).x;
  const Tensor right = model.head->forward(x).argmax(1) == trained.test_y;
  EXPECT_NEAR(right.to(at::kDouble).mean().item<double>(),
              results["scores"]["accuracy/self_supervised_finetuned/all"]["mean"].get<double>(),
              1e-12);
}

}  // namespace
}  // namespace tacit
