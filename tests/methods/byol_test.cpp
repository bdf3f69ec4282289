// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/byol.h"

#include <ATen/Functions.h>
#include <c10/core/GradMode.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <cmath>
#include <map>

#include "tacit/core/weights.h"
#include "tacit/methods/simclr.h"
#include "tacit/train/device.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

const SingleProcess kAlone;
const ByolConfig kSmall{.projector = {16, 8}, .predictor = {16}};

Byol make(const ByolConfig& config, const std::string& normalization = "none") {
  return {config, {Waves(1).spec(), small_encoder(Rng(1), 0, normalization), Rng(2)}};
}

/// Puts the weights of `from` where the target of a method keeps those named so.
void set_target(Byol& method, const std::string& prefix, const torch::nn::Module& from) {
  const auto given = weights(from);
  size_t used = 0;
  for (auto& item : method.named_buffers())
    if (item.key().starts_with(prefix))
      item.value().copy_(given.at(item.key().substr(prefix.size()))), ++used;
  EXPECT_EQ(used, given.size());
}

/// Other weights of the network that is trained; returns those before.
std::map<std::string, Tensor> shift(Byol& method, double by) {
  const c10::AutoGradMode no_grad(false);
  auto before = weights(method);
  for (Tensor& parameter : method.parameters()) parameter.add_(by);
  return before;
}

void after_update(Byol& method, double progress) {
  Rng draws(1);
  method.after_update({0, progress, draws, kAlone});
}

bool same(const std::map<std::string, Tensor>& a, const std::map<std::string, Tensor>& b) {
  bool all = a.size() == b.size();
  for (const auto& [name, value] : a) all = all && value.equal(b.at(name));
  return all;
}

/// 2 - 2 cos, row by row.
Tensor apart(const Tensor& a, const Tensor& b) { return 2 - 2 * at::cosine_similarity(a, b); }

/// Without projector and with one layer to predict, against any encoder as the target's.
TEST(Byol, PredictsFromEachViewWhatTheTargetMakesOfTheOther) {
  const ByolConfig config{.views = {.first = {"jitter"}}, .projector = {}, .predictor = {}};
  Byol method = make(config);
  const auto other = small_encoder(Rng(9));
  set_target(method, "target.encoder.", *other);
  const Batch batch = Waves(8).all();
  Rng draws(1);
  const Tensor views = TwoViews(config.views, Waves(1).spec())(batch.x, draws);
  const Tensor predicted = at::matmul(method.encoder().forward(views),
                                      method.named_parameters()["predictor.dense1_weight"].t());
  const Tensor wanted = other->forward(views).detach();
  const Tensor loss = (apart(predicted.slice(0, 0, 8), wanted.slice(0, 8)) +
                       apart(predicted.slice(0, 8), wanted.slice(0, 0, 8)))
                          .mean();
  loss.backward();
  std::map<std::string, Tensor> gradients;
  for (auto& item : method.named_parameters()) {
    gradients[item.key()] = item.value().grad().clone();
    item.value().mutable_grad().reset();
  }
  const Tensor total = loss_of(method, batch, 1).total;
  EXPECT_NEAR(total.item<double>(), loss.item<double>(), 1e-4);
  total.backward();
  for (auto& item : method.named_parameters())
    EXPECT_TRUE(item.value().grad().allclose(gradients.at(item.key()), 1e-3, 1e-5)) << item.key();
}

TEST(Byol, CostsNothingWhereThePredictionIsTheTarget) {
  Byol method = make({.views = {.second = {}}, .projector = {}, .predictor = {}});
  {
    const c10::AutoGradMode no_grad(false);
    Tensor weight = method.named_parameters()["predictor.dense1_weight"];
    weight.copy_(at::eye(16));
    EXPECT_NEAR(loss_of(method, Waves(8).all(), 1).total.item<double>(), 0, 1e-5);
    weight.neg_();
  }
  EXPECT_NEAR(loss_of(method, Waves(8).all(), 1).total.item<double>(), 8, 1e-5);
}

TEST(Byol, ItsTargetStartsAsTheNetworkAndIsNotTrained) {
  Byol method = make(kSmall, "batch");
  const auto all = weights(method);
  for (const std::string part : {"encoder.", "projector."})
    EXPECT_TRUE(same(with_prefix(all, part), with_prefix(all, "target." + part))) << part;
  EXPECT_FALSE(with_prefix(all, "target.projector.").empty());
  EXPECT_TRUE(with_prefix(all, "target.predictor.").empty());
  for (const auto& item : method.named_parameters())
    EXPECT_FALSE(item.key().starts_with("target.")) << item.key();
  for (const Tensor& buffer : method.buffers()) EXPECT_FALSE(buffer.requires_grad());
}

TEST(Byol, ItsTargetFollowsWithAMomentumThatRisesToOne) {
  Byol method = make({.projector = {16, 8}, .predictor = {}, .momentum = 0.9}, "batch");
  for (const auto& [progress, momentum] :
       std::vector<std::pair<double, double>>{{0, 0.9}, {0.5, 0.95}, {2.0 / 3, 0.975}, {1, 1}}) {
    const auto before = shift(method, 0.3);
    after_update(method, progress);
    const auto after = weights(method);
    for (const auto& item : method.named_parameters()) {
      if (item.key().starts_with("predictor.")) continue;
      const std::string name = "target." + item.key();
      EXPECT_TRUE(after.at(name).allclose(
          momentum * before.at(name) + (1 - momentum) * after.at(item.key()), 1e-5, 1e-6))
          << name << " at " << progress;
    }
    EXPECT_TRUE(after.at("target.encoder.norm1_running_mean")
                    .equal(before.at("target.encoder.norm1_running_mean")));
  }
}

TEST(Byol, ComputesWithTheTargetAsItIsAlsoFromACheckpoint) {
  const Batch batch = Waves(8).all();
  Byol method = make(kSmall);
  const double before = loss_of(method, batch, 1).total.item<double>();
  for (int i = 0; i < 2; ++i) {
    // The target alone changes: the network's parameters are as they were before `shift`.
    const auto old = with_prefix(shift(method, i == 0 ? 0.2 : -0.3), "encoder.");
    after_update(method, 0);
    set_weights(method.encoder(), old);
    const double loss = loss_of(method, batch, 1).total.item<double>();
    EXPECT_NE(loss, before);
    Byol fresh = make(kSmall);
    loss_of(fresh, batch, 1);
    set_weights(fresh, weights(method));
    EXPECT_EQ(loss_of(fresh, batch, 1).total.item<double>(), loss);
  }
}

TEST(Byol, NoticesThatItsTargetAloneWasWrittenTo) {
  const Batch batch = Waves(8).all();
  Byol method = make(kSmall), fresh = make(kSmall);
  const double before = loss_of(method, batch, 1).total.item<double>();
  for (Byol* each : {&method, &fresh}) set_target(*each, "target.encoder.", *small_encoder(Rng(9)));
  const double loss = loss_of(method, batch, 1).total.item<double>();
  EXPECT_NE(loss, before);
  EXPECT_EQ(loss, loss_of(fresh, batch, 1).total.item<double>());
}

TEST(Byol, LeavesWeightsWhereTheyAre) {
  Byol method = make(kSmall);
  shift(method, 0.1);
  after_update(method, 0);
  const auto before = weights(method);
  std::vector<const void*> places;
  for (const Tensor& parameter : method.parameters()) places.push_back(parameter.const_data_ptr());
  loss_of(method, Waves(8).all(), 1).total.backward();
  EXPECT_TRUE(same(before, weights(method)));
  for (size_t i = 0; i < places.size(); ++i)
    EXPECT_EQ(method.parameters()[i].const_data_ptr(), places[i]);
}

TEST(Byol, ItsTargetGathersItsOwnBatchStatisticsInTrainingOnly) {
  Byol method = make(kSmall, "batch");
  const Batch batch = Waves(16).all();
  {
    const c10::AutoGradMode no_grad(false);
    for (auto& item : method.named_buffers())  // a target whose first layer gives 0
      if (item.key().starts_with("target.encoder.conv1")) item.value().zero_();
  }
  const auto before = weights(method);
  loss_of(method, batch, 1);
  auto after = weights(method);
  const std::string mean = "encoder.norm1_running_mean";
  EXPECT_FALSE(after.at(mean).equal(before.at(mean)));
  EXPECT_EQ(after.at("target." + mean).abs().max().item<double>(), 0);
  EXPECT_NEAR(after.at("target.encoder.norm1_running_var").max().item<double>(), 0.9, 1e-6);
  EXPECT_FALSE(
      after.at("target.encoder.norm2_running_var").equal(after.at("encoder.norm2_running_var")));
  method.eval();
  loss_of(method, batch, 1);
  EXPECT_TRUE(same(weights(method), after));
}

TEST(Byol, ShowsACollapseByTheSpreadOfTheTarget) {
  Byol method = make(kSmall);
  const auto spread = [&] {
    const Loss loss = loss_of(method, Waves(16).all(), 1);
    EXPECT_EQ(loss.parts.at(0).first, "target/spread");
    return loss.parts.at(0).second.item<double>();
  };
  EXPECT_GT(spread(), 0.05);
  EXPECT_LT(spread(), 1);
  for (auto& item : method.named_buffers())
    if (item.key() == "target.projector.norm1_gain")
      item.value().zero_();
    else if (item.key() == "target.projector.norm1_shift")
      item.value().fill_(1);
  EXPECT_NEAR(spread(), 0, 1e-6);
}

TEST(Byol, MayFollowAnotherLossOfTheSameEncoder) {
  const auto encoder = small_encoder(Rng(1), 0, "batch");
  const Ingredients ingredients{Waves(1).spec(), encoder, Rng(2)};
  Byol byol(kSmall, ingredients);
  Simclr simclr({.projector = {8}}, ingredients);
  shift(byol, 0.1);  // written to oftener than the target
  const Batch batch = Waves(8).all();
  Tensor weight = encoder->parameters().at(0);
  const auto gradient = [&](const Tensor& loss) {
    weight.mutable_grad().reset();
    loss.backward();
    return weight.grad().clone();
  };
  const Tensor first = loss_of(simclr, batch, 1).total;
  const Tensor together = gradient(first + loss_of(byol, batch, 1).total);
  const Tensor alone =
      gradient(loss_of(simclr, batch, 1).total) + gradient(loss_of(byol, batch, 1).total);
  EXPECT_TRUE(together.allclose(alone, 1e-4, 1e-6));
}

TEST(Byol, LearnsInMixedPrecision) {
  Byol method = make(kSmall);
  const Batch batch = Waves(16).all();
  shift(method, 0.05);
  after_update(method, 0);
  const double full = loss_of(method, batch, 1).total.item<double>();
  const MixedPrecision precision(Precision::bf16, at::kCPU);
  const Tensor loss = loss_of(method, batch, 1).total;
  EXPECT_NEAR(loss.item<double>(), full, 0.05);
  loss.backward();
  for (const auto& item : method.named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
  }
}

TEST(Byol, SplitOverProcessesIsTheJointBatchWithItsGradient) {
  const ByolConfig config{.views = {.second = {"negation"}}, .projector = {16, 8}};
  const Batch batch = Waves(10).all();
  Byol joint = make(config);
  const Tensor wanted = loss_of(joint, batch, 1).total;
  wanted.backward();
  Byol first = make(config), second = make(config);  // with equal weights
  const Tensor split = Ranks(2).mean_loss([&](int64_t rank, const Communicator& world) {
    Rng draws(1);
    Step step{0, 0, draws, world};
    const Tensor own = rank == 0 ? batch.x.slice(0, 0, 4) : batch.x.slice(0, 4);
    return (rank == 0 ? first : second).loss({own, {}, {}}, step).total;
  });
  split.backward();
  EXPECT_NEAR(split.item<double>(), wanted.item<double>(), 1e-5);
  for (size_t i = 0; i < joint.parameters().size(); ++i)
    EXPECT_TRUE((first.parameters()[i].grad() + second.parameters()[i].grad())
                    .allclose(joint.parameters()[i].grad(), 1e-3, 1e-5))
        << i;
}

/// Whose other processes have died.
class Alone final : public Communicator {
 public:
  int64_t rank() const override { return 0; }
  int64_t size() const override { return 2; }
  Tensor mean(const Tensor&) const override { throw StateError("gone"); }
  Tensor gather(const Tensor&) const override { throw StateError("gone"); }
};

TEST(Byol, HasItsWeightsBackWhenAProcessDies) {
  Byol method = make(kSmall);
  shift(method, 0.1);
  const auto before = weights(method);
  Rng draws(1);
  const Alone world;
  Step step{0, 0, draws, world};
  EXPECT_THROW(method.loss(Waves(4).all(), step), StateError);
  EXPECT_TRUE(same(before, weights(method)));
}

TEST(Byol, IsFiniteForALoneRow) {
  Byol method = make({.views = {.second = {}}, .projector = {16, 8}, .predictor = {16}});
  const Tensor loss = loss_of(method, Waves(1).all(), 1).total;
  loss.backward();
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
  for (const Tensor& parameter : method.parameters())
    EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>());
}

TEST(Byol, LearnsFromImages) {
  const Pictures pictures(8);
  Byol method({.views = {.first = {"flip"}, .second = {"resized_crop", "grey"}}},
              {pictures.spec(), small_image_encoder(Rng(1)), Rng(2)});
  loss_of(method, all_of(pictures), 1).total.backward();
  for (const auto& item : method.named_parameters())
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
}

TEST(Byol, MovesToAGpuWithItsTarget) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  Byol method = make(kSmall, "batch");
  const Batch here = Waves(8).all();
  shift(method, 0.1);
  after_update(method, 0);
  method.eval();
  const double loss = loss_of(method, here, 1).total.item<double>();
  method.to(at::kCUDA);
  const Batch there{here.x.to(at::kCUDA), here.y.to(at::kCUDA), here.row.to(at::kCUDA)};
  EXPECT_NEAR(loss_of(method, there, 1).total.item<double>(), loss, 1e-3);
  after_update(method, 0);
  for (const Tensor& buffer : method.buffers()) EXPECT_TRUE(buffer.is_cuda());
}

TEST(Byol, SaysBeforeTrainingWhatItCannotTurn) {
  Spec spec = Waves(1).spec();
  spec.shape[0] = 2;
  EXPECT_THROW(Byol({}, {spec, small_encoder(Rng(1)), Rng(2)}), ShapeError);
  EXPECT_THROW(make({.views = {.first = {"turn"}}}), ConfigError);
}

}  // namespace
}  // namespace tacit
