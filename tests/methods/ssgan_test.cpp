// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/ssgan.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tacit/train/optimizer.h"
#include "tacit/train/trainer.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"
#include "tests/methods/mirror_rows.h"
#include "tests/methods/waves.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

using enum RotationRule;
constexpr int64_t kNoise = 6, kClasses = 3;
const SingleProcess kAlone;

Batch pictures(int64_t rows) { return all_of(Pictures(rows, 32)); }

Ssgan make(SsganConfig config, int64_t classes = kClasses) {
  config.generator.noise = kNoise;
  config.generator.width = 1.0 / 16;
  const Spec spec = Pictures(1, 32).spec();
  const GanDiscriminatorConfig small{.width = 1.0 / 16};
  return {config, {spec, std::make_shared<GanDiscriminator>(small, spec, Rng(1)), Rng(2), classes}};
}

/// In training mode but for the singular values, which stay, and the batch statistics, if asked.
void settle(Ssgan& method, bool generator_too = false) {
  method.train();
  for (const auto& module : method.modules(/*include_self=*/false))
    if (std::dynamic_pointer_cast<SpectralWeight>(module)) module->eval();
  if (generator_too) method.generator()->eval();
}

const std::vector<std::string> kPhases{"discriminator", "generator"};

Loss loss_in(Ssgan& method, const std::string& phase, const Batch& batch, Rng draws,
             double progress = 0, const Communicator& world = kAlone) {
  Step step{0, progress, draws, world};
  return phase == "generator" ? method.loss_of_generator(batch, step) : method.loss(batch, step);
}

double value(const Loss& loss) { return loss.total.item<double>(); }

using Shown = std::vector<std::pair<int64_t, int64_t>>;  // rows and right angles

/// The losses as the papers write them, one image at a time.
class Plain {
 public:
  explicit Plain(Ssgan& method)
      : encoder_(method.encoder()),
        generator_(std::dynamic_pointer_cast<GanGenerator>(method.named_children()["generator"])),
        heads_(std::dynamic_pointer_cast<GanHeads>(method.named_children()["heads"])) {}

  Judgement judge(const Tensor& image, int64_t turns, const Tensor& y) const {
    const Tensor turned = at::rot90(image.unsqueeze(0), turns, {2, 3});
    return heads_->forward(encoder_.forward(turned), y.view({1}));
  }
  Batch fakes(int64_t rows, uint64_t seed, bool is_conditional = false) const {
    Rng draws(seed);
    const Rng base = draws.split();
    const Tensor z = at::empty({rows, kNoise}), y = at::zeros({rows}, at::kLong);
    for (int64_t row = 0; row < rows; ++row) {
      Rng stream = base.row(row);
      for (int64_t i = 0; i < kNoise; ++i) z[row][i] = stream.normal();
      if (is_conditional) y[row] = stream.below(kClasses);
    }
    return {generator_->forward(z, y), y, {}};
  }
  Tensor scores(const Batch& of) const {
    std::vector<Tensor> all;
    for (int64_t row = 0; row < of.size(); ++row)
      all.push_back(judge(of.x[row], 0, of.y[row]).score[0]);
    return at::stack(all);
  }
  double hinge(const Batch& real, const Batch& fake) const {
    return value(discriminator_loss(AdversarialLoss::hinge, scores(real), scores(fake), kAlone));
  }
  /// -log of the probability of the right rotation, and whether it is the likeliest, the means
  /// over what is shown.
  Loss rotation(const Batch& of, const Shown& shown) const {
    std::vector<Tensor> costs, right;
    for (const auto& [row, turns] : shown) {
      const Tensor told = judge(of.x[row], turns, of.y[0].clamp_min(0)).rotation[0];
      costs.push_back(-told.log_softmax(0)[turns]);
      right.push_back(told.argmax() == turns);
    }
    return {at::stack(costs).mean(), {{"accuracy", at::stack(right).to(at::kFloat).mean()}}};
  }

 private:
  Encoder& encoder_;
  std::shared_ptr<GanGenerator> generator_;
  std::shared_ptr<GanHeads> heads_;
};

/// What of so many images a rule shows; all by no rule, which is what eval mode shows.
Shown shown(RotationRule rule, int64_t rows = 10) {
  Shown all;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t turns = 0; turns < 4; ++turns)
      if (rule == none || (rule == quarter_in_four ? row % 4 == 0 : row % 4 == turns))
        all.emplace_back(row, turns);
  return all;
}

TEST(Ssgan, WithoutRotationsIsTheSpectrallyNormalisedGan) {
  for (const AdversarialLoss kind : {AdversarialLoss::hinge, AdversarialLoss::non_saturating}) {
    Ssgan method = make({.loss = kind, .rotation = none});
    settle(method);
    const Plain plain(method);
    const Batch batch = pictures(5), fake = plain.fakes(5, 3);
    const Loss loss = loss_in(method, "discriminator", batch, Rng(3)),
               against = loss_in(method, "generator", batch, Rng(3)),
               wanted = discriminator_loss(kind, plain.scores(batch), plain.scores(fake), kAlone);
    EXPECT_NEAR(value(loss), value(wanted), 1e-4);
    EXPECT_NEAR(value(against), value(generator_loss(kind, plain.scores(fake), kAlone)), 1e-4);
    EXPECT_EQ(part(loss, "adversarial"), value(loss));
    EXPECT_NEAR(part(loss, "real/score"), part(wanted, "real/score"), 1e-4);
    EXPECT_NEAR(part(loss, "fake/score"), part(wanted, "fake/score"), 1e-4);
    EXPECT_EQ(loss.parts.size(), 3u);
  }
}

class EachRule : public testing::TestWithParam<RotationRule> {};
INSTANTIATE_TEST_SUITE_P(Rules, EachRule, testing::Values(quarter_in_four, each_quarter_once),
                         [](const auto& each) { return enum_name(each.param); });

TEST_P(EachRule, AddsTheRotationLossOfThoseImagesAndTurns) {
  Ssgan method = make({.rotation = GetParam(), .alpha = 0.3, .beta = 0.7});
  const Batch batch = pictures(10);
  const Plain plain(method);
  for (const bool training : {true, false}) {
    settle(method);
    if (!training) method.eval();
    const Batch fake = plain.fakes(10, 3);
    const Shown seen = shown(training ? GetParam() : none);
    const Loss of_real = plain.rotation(batch, seen), of_fake = plain.rotation(fake, seen);
    // They cannot be taken for each other.
    ASSERT_GT(std::abs(value(of_real) - value(of_fake)), 1e-3);
    const Loss loss = loss_in(method, "discriminator", batch, Rng(3)),
               against = loss_in(method, "generator", batch, Rng(3));
    EXPECT_NEAR(part(loss, "rotation_real/loss"), value(of_real), 1e-4);
    EXPECT_NEAR(part(loss, "rotation_real/accuracy"), part(of_real, "accuracy"), 1e-6);
    EXPECT_NEAR(part(against, "rotation_fake/loss"), value(of_fake), 1e-4);
    EXPECT_NEAR(part(against, "rotation_fake/accuracy"), part(of_fake, "accuracy"), 1e-6);
    EXPECT_NEAR(value(loss), plain.hinge(batch, fake) + 0.7 * value(of_real), 1e-4);
    EXPECT_NEAR(value(against), 0.3 * value(of_fake) - plain.scores(fake).mean().item<double>(),
                1e-4);
  }
}

TEST_P(EachRule, SendsTheGradientsOfThatSumThroughTheTurns) {
  Ssgan method = make({.rotation = GetParam(), .alpha = 2}), same = make({.rotation = GetParam()});
  settle(method, true), settle(same, true);
  const Plain plain(same);
  const Batch fake = plain.fakes(10, 3);
  (2 * plain.rotation(fake, shown(GetParam())).total - plain.scores(fake).mean()).backward();
  loss_in(method, "generator", pictures(10), Rng(3)).total.backward();
  const auto got = method.generator()->named_parameters();
  for (const auto& item : same.generator()->named_parameters())
    EXPECT_TRUE(got[item.key()].grad().allclose(item.value().grad(), 1e-3, 1e-3)) << item.key();
}

TEST_P(EachRule, TakesABatchOfAnySize) {
  for (const int64_t rows : {1, 2, 7})
    for (const std::string& phase : kPhases) {
      Ssgan method = make({.rotation = GetParam()});
      EXPECT_TRUE(std::isfinite(value(loss_in(method, phase, pictures(rows), Rng(1))))) << rows;
    }
}

TEST_P(EachRule, SplitOverProcessesIsTheLossOfTheJointBatch) {
  const Batch batch = pictures(8);
  for (const std::string& phase : kPhases) {
    const auto share = [&](int64_t first, int64_t end, const Communicator& world) {
      Ssgan method = make({.rotation = GetParam()});
      settle(method, true);
      const auto own = [&](const Tensor& x) { return x.slice(0, first, end); };
      return loss_in(method, phase, {own(batch.x), own(batch.y), {}}, Rng(3).from_row(first), 0,
                     world);
    };
    const Tensor split = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
      return share(4 * rank, 4 * rank + 4, world).total;
    });
    EXPECT_NEAR(split.item<double>(), value(share(0, 8, kAlone)), 1e-4) << phase;
  }
}

TEST(Ssgan, WeighsRotationsAsTheScheduleSays) {
  Ssgan method = make({.alpha = 0.2, .alpha_end = 0, .beta = 1, .beta_end = 3}), still = make({});
  const auto weight = [](Ssgan& of, const std::string& phase, double progress) {
    const Loss loss = loss_in(of, phase, pictures(4), Rng(3), progress);
    return (value(loss) - part(loss, "adversarial")) /
           part(loss, phase == "generator" ? "rotation_fake/loss" : "rotation_real/loss");
  };
  for (const double progress : {0.0, 0.25, 1.0}) {
    EXPECT_NEAR(weight(method, "generator", progress), 0.2 * (1 - progress), 1e-5);
    EXPECT_NEAR(weight(method, "discriminator", progress), 1 + 2 * progress, 1e-5);
    EXPECT_NEAR(weight(still, "generator", progress), 0.2, 1e-5);
    EXPECT_NEAR(weight(still, "discriminator", progress), 1, 1e-5);
  }
}

using Weights = std::map<std::string, Tensor>;

/// How many parameters of that part of the method there are, and how many are not as before.
std::pair<size_t, size_t> count(const Ssgan& method, const std::string& part,
                                const Weights& before) {
  std::pair<size_t, size_t> all;
  for (const auto& item : method.named_parameters())
    if (item.key().starts_with(part + "."))
      ++all.first, all.second += !item.value().equal(before.at(item.key()));
  return all;
}

TEST(Ssgan, EachPhaseMovesItsOwnNetworkOnly) {
  Ssgan method = make({});
  const std::vector<Phase> phases = method.phases();
  ASSERT_EQ(phases.size(), 2u);
  for (const bool generates : {false, true}) {
    const Phase& phase = phases[generates ? 1 : 0];
    EXPECT_EQ(phase.name, kPhases[generates ? 1 : 0]);
    const Weights before = weights(method);
    Optimizer optimizer({.beta1 = 0}, phase.parameters);
    loss_in(method, phase.name, pictures(8), Rng(1)).total.backward();
    optimizer.step(1);
    for (const std::string part : {"encoder", "heads", "generator"}) {
      const auto [all, changed] = count(method, part, before);
      EXPECT_EQ(changed, (part == "generator") == generates ? all : 0) << part;
    }
    for (auto& item : method.named_parameters()) {
      EXPECT_TRUE(item.value().requires_grad());
      EXPECT_EQ(item.value().grad().defined(), item.key().starts_with("generator.") == generates);
      item.value().mutable_grad().reset();
    }
  }
}

TEST(Ssgan, AFailedStepLeavesTheDiscriminatorTrainable) {
  Ssgan method = make({});
  EXPECT_ANY_THROW(loss_in(method, "generator", {}, Rng(1)));
  for (const Tensor& parameter : method.parameters()) EXPECT_TRUE(parameter.requires_grad());
}

TEST(Ssgan, ImprovesSingularValuesOnceALoss) {
  for (const std::string& phase : kPhases) {
    Ssgan method = make({}), other = make({});
    stir(method);
    set_weights(other, weights(method));
    loss_in(method, phase, pictures(8), Rng(1));
    Plain(other).judge(pictures(1).x[0], 0, at::zeros({1}, at::kLong));
    const Weights got = weights(method);
    for (const auto& [name, value] : weights(other))
      EXPECT_TRUE(!name.ends_with(".u") || got.at(name).allclose(value, 1e-5, 1e-6)) << name;
  }
}

TEST(Ssgan, AveragesTheGeneratorAfterItsUpdates) {
  Ssgan method = make({.generator_average = 0.75, .average_from = 2});
  const std::shared_ptr<torch::nn::Module> average = method.generator(),
                                           generator = method.named_children()["generator"];
  ASSERT_NE(average, generator);
  for (const Tensor& parameter : average->parameters()) EXPECT_FALSE(parameter.requires_grad());
  Weights wanted = weights(*generator);  // the average starts there
  const auto expect_as_wanted = [&](int64_t index) {
    for (const auto& [name, value] : weights(*average))
      EXPECT_TRUE(value.allclose(wanted.at(name), 1e-5, 1e-6)) << name << " " << index;
  };
  Rng draws(1);
  for (int64_t index = 0; index < 5; ++index) {
    Step step{index, 0, draws, kAlone};
    method.train(index < 4);
    method.loss(pictures(4), step);
    method.after_update(step);  // of the discriminator
    expect_as_wanted(index);
    method.loss_of_generator(pictures(4), step);  // batch statistics move
    const c10::AutoGradMode no_grad(false);
    for (const Tensor& parameter : generator->parameters()) parameter.add_(0.1);
    if (index == 2) method.loss(pictures(4), step);  // as if the generator's update was skipped
    method.after_update(step);
    method.after_update(step);
    for (const auto& [name, value] : weights(*generator)) {
      if (index < 2) wanted[name] = value;
      if (index == 3) wanted[name] = 0.75 * wanted.at(name) + 0.25 * value;
    }
    expect_as_wanted(index);
  }
}

TEST(Ssgan, ProjectionTellsBothNetworksTheClass) {
  Ssgan method = make({.conditional = Conditioning::projection});
  settle(method);
  const Plain plain(method);
  const Batch batch = pictures(6), fake = plain.fakes(6, 3, true);
  EXPECT_GT(fake.y.max().item<int64_t>(), fake.y.min().item<int64_t>());
  const Loss loss = loss_in(method, "discriminator", batch, Rng(3)),
             against = loss_in(method, "generator", batch, Rng(3)),
             other = loss_in(method, "discriminator", {batch.x, batch.y.flip(0), {}}, Rng(3));
  EXPECT_NEAR(part(loss, "adversarial"), plain.hinge(batch, fake), 1e-4);
  EXPECT_NEAR(part(against, "adversarial"), -plain.scores(fake).mean().item<double>(), 1e-4);
  EXPECT_NE(part(loss, "real/score"), part(other, "real/score"));
  EXPECT_EQ(part(loss, "rotation_real/loss"), part(other, "rotation_real/loss"));
}

TEST(Ssgan, ProjectionScoresNoRealImageWithoutLabel) {
  Ssgan method = make({.conditional = Conditioning::projection});
  settle(method);
  const Plain plain(method);
  const Batch batch = pictures(6), labelled{batch.x.slice(0, 0, 4), batch.y.slice(0, 0, 4), {}};
  batch.y.slice(0, 4).fill_(-1);
  const Loss loss = loss_in(method, "discriminator", batch, Rng(3));
  EXPECT_NEAR(part(loss, "adversarial"), plain.hinge(labelled, plain.fakes(6, 3, true)), 1e-4);
  EXPECT_NEAR(part(loss, "rotation_real/loss"),
              value(plain.rotation(batch, shown(quarter_in_four, 6))), 1e-4);
}

TEST(Ssgan, IsAFunctionOfWeightsBatchAndDraws) {
  const auto values = [&](uint64_t seed) {
    Ssgan method = make({.conditional = Conditioning::projection});
    Rng draws(seed);  // of one step; its phases draw noise of their own
    Step step{0, 0, draws, kAlone};
    const Loss loss = method.loss(pictures(4), step);
    EXPECT_NE(part(loss, "fake/score"),
              part(method.loss_of_generator(pictures(4), step), "fake/score"));
    return value(loss);
  };
  EXPECT_EQ(values(1), values(1));
  EXPECT_NE(values(1), values(2));
}

TEST(Ssgan, TheTrainerUpdatesTheGeneratorAtEverySoManySteps) {
  const Pictures data(12, 32), held_out(4, 32, 2);
  for (const int64_t n_dis : {3, 4}) {
    Ssgan method = make({.n_dis = n_dis, .generator_average = 0.9});
    const Weights before = weights(method);
    std::map<std::string, double> seen;
    Surroundings around;
    around.observers.push_back([&](const EpochEnd& end) { seen = end.quantities; });
    TrainConfig config{.epochs = 1, .batch_size = 4, .optimizer = {}, .schedule = {}};
    config.stop_when.quantity = "validation/discriminator/loss";
    Trainer(config, Rng(5), kAlone).fit(method, data, &held_out, around);
    for (const std::string part : {"encoder", "heads", "generator", "average"}) {
      const auto [all, changed] = count(method, part, before);
      EXPECT_EQ(changed, n_dis == 3 || part == "encoder" || part == "heads" ? all : 0) << part;
    }
    EXPECT_TRUE(seen.contains("validation/generator/rotation_fake/accuracy"));
    EXPECT_EQ(seen.contains("train/generator/loss"), n_dis == 3);
  }
}

TEST(Ssgan, TheDiscriminatorLearnsWhileTheGeneratorDoesToo) {
  Ssgan method = make({});
  const OptimizerConfig adam{.learning_rate = 3e-3, .beta1 = 0, .beta2 = 0.9};
  Optimizer optimizers[] = {{adam, method.phases()[0].parameters},
                            {adam, method.phases()[1].parameters}};
  double first = 0, last = 0;
  for (uint64_t i = 0; i < 30; ++i)
    for (size_t phase = 0; phase < (i % 5 == 4 ? 2 : 1); ++phase) {
      optimizers[phase].zero_grad();
      const Loss loss = loss_in(method, kPhases[phase], pictures(8), Rng(i));
      loss.total.backward();
      optimizers[phase].step(1);
      if (phase == 0 && i < 5) first += value(loss);
      if (phase == 0 && i >= 25) last += value(loss);
    }
  EXPECT_LT(last, 0.6 * first);
}

TEST(Ssgan, SaysBeforeTrainingWhatDoesNotFit) {
  using enum GeneratorNormalization;
  const auto expect_refusal = [](const std::string& about, const SsganConfig& config,
                                 int64_t classes = kClasses) {
    const std::string message = message_of<ConfigError>([&] { make(config, classes); });
    EXPECT_NE(message.find(about), std::string::npos) << message;
  };
  const auto projection = Conditioning::projection;
  expect_refusal("generator.classes", {.generator = {.classes = 3}});
  expect_refusal("projection", {.generator = {.normalization = conditional}});
  expect_refusal("self_modulated",
                 {.conditional = projection, .generator = {.normalization = self_modulated}});
  expect_refusal("labels", {.conditional = projection}, 0);
  EXPECT_EQ(message_of<ConfigError>([] {
              Ssgan({}, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)});
            }),
            "method ssgan needs encoder.name = \"gan_discriminator\"");
  make({.generator = {.normalization = self_modulated}}, 0);
}

}  // namespace
}  // namespace tacit
