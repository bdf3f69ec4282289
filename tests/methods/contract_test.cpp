// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include <set>

#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

/// What every method of the table promises.
namespace tacit {
namespace {

class EveryMethod : public FolderTest, public testing::WithParamInterface<std::string> {
 protected:
  /// Adam steps on one batch with fresh draws; the losses. `first` numbers the first step's draws.
  static std::vector<double> fit(Method& method, Optimizer& optimizer, int steps, uint64_t first) {
    std::vector<double> losses;
    const Batch batch = batch_for(GetParam(), 32);
    for (int i = 0; i < steps; ++i) {
      optimizer.zero_grad();
      const Loss loss = loss_of(method, batch, first + static_cast<uint64_t>(i));
      loss.total.backward();
      optimizer.step(1);
      losses.push_back(loss.total.item<double>());
    }
    return losses;
  }
  const MethodEntry& entry_ = find_method(GetParam());
};

TEST_P(EveryMethod, LossIsAFiniteScalarAndItsPartsAreToo) {
  const auto method = small_method(GetParam());
  for (const bool training : {true, false}) {
    method->train(training);
    const Loss loss = loss_of(*method, batch_for(GetParam(), 6), 1);
    EXPECT_EQ(loss.total.dim(), 0);
    EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
    for (const auto& [name, value] : loss.parts)
      EXPECT_TRUE(value.dim() == 0 && std::isfinite(value.item<double>())) << name;
  }
}

TEST_P(EveryMethod, SendsAGradientToEveryParameterOfAPhase) {
  const auto method = small_method(GetParam());
  ASSERT_FALSE(method->encoder().parameters().empty());
  Rng draws(1);
  const SingleProcess world;
  Step step{0, 0, draws, world};
  for (const Phase& phase : method->phases()) {
    ASSERT_FALSE(phase.parameters.empty()) << phase.name;
    phase.loss(batch_for(GetParam(), 16), step).total.backward();
    for (size_t i = 0; i < phase.parameters.size(); ++i) {
      ASSERT_TRUE(phase.parameters[i].grad().defined()) << phase.name << " " << i;
      EXPECT_GT(phase.parameters[i].grad().abs().max().item<double>(), 0) << phase.name << " " << i;
    }
  }
}

TEST_P(EveryMethod, IsAFunctionOfWeightsBatchAndDraws) {
  for (const bool training : {true, false}) {
    const auto a = small_method(GetParam()), b = small_method(GetParam());
    a->train(training), b->train(training);
    const Batch batch = batch_for(GetParam(), 8);
    const double loss = loss_of(*a, batch, 1).total.item<double>();
    EXPECT_EQ(loss, loss_of(*b, batch, 1).total.item<double>());
    // In training a pass may move what is no weight, such as the vectors of spectral norms.
    if (!training) EXPECT_EQ(loss, loss_of(*a, batch, 1).total.item<double>());
    const auto c = small_method(GetParam());
    c->train(training);
    const bool draws =
        !(std::set<std::string>{"autoencoder", "cpc", "dpc", "image_cpc", "supervised", "rotation"}
              .contains(GetParam()));
    EXPECT_EQ(loss != loss_of(*c, batch, 2).total.item<double>(), draws);
  }
}

TEST_P(EveryMethod, LeavesTheBatchAsItIs) {
  const auto method = small_method(GetParam());
  const Batch batch = batch_for(GetParam(), 8);
  const Tensor x = batch.x.clone(), y = batch.y.clone();
  loss_of(*method, batch, 1);
  EXPECT_TRUE(batch.x.allclose(x, 0, 0, /*equal_nan=*/true));
  EXPECT_TRUE(batch.y.equal(y));
}

TEST_P(EveryMethod, LosesTheSameOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "there is no CUDA GPU here";
  const auto method = small_method(GetParam());
  const Batch here = batch_for(GetParam(), 16);
  const Batch there{here.x.to(at::kCUDA), here.y.to(at::kCUDA), here.row.to(at::kCUDA)};
  method->eval();
  const double loss = loss_of(*method, here, 1).total.item<double>();
  method->to(at::kCUDA);
  EXPECT_NEAR(loss_of(*method, there, 1).total.item<double>(), loss, 1e-3 * std::abs(loss));
  method->train();
  loss_of(*method, there, 1).total.backward();
  for (const Tensor& parameter : method->phases().at(0).parameters)
    EXPECT_TRUE(parameter.grad().defined() && parameter.grad().is_cuda());
}

TEST_P(EveryMethod, CanBeFitted) {
  const auto method = small_method(GetParam());
  Optimizer optimizer({.learning_rate = 5e-3}, method->phases().at(0).parameters);
  const std::vector<double> losses = fit(*method, optimizer, 60, 1);
  const auto mean = [&](size_t from) {
    double sum = 0;
    for (size_t i = from; i < from + 5; ++i) sum += losses[i] / 5;
    return sum;
  };
  EXPECT_LT(mean(55), 0.85 * mean(0));
}

TEST_P(EveryMethod, ContinuesFromSavedWeightsToTheSameBits) {
  const auto whole = small_method(GetParam());
  const OptimizerConfig config{.name = Algorithm::sgd, .learning_rate = 1e-2, .momentum = 0};
  Optimizer optimizer(config, whole->phases().at(0).parameters);
  fit(*whole, optimizer, 3, 1);
  write_safetensors(folder / "weights", {weights(*whole), {}});
  const auto continued = small_method(GetParam());
  set_weights(*continued, read_safetensors(folder / "weights").tensors);
  Optimizer fresh(config, continued->phases().at(0).parameters);
  EXPECT_EQ(fit(*whole, optimizer, 3, 4), fit(*continued, fresh, 3, 4));
}

TEST_P(EveryMethod, ListsEachParameterOnceInItsPhases) {
  const auto method = small_method(GetParam());
  for (const Phase& phase : method->phases())
    for (size_t i = 0; i < phase.parameters.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        EXPECT_FALSE(phase.parameters[i].is_same(phase.parameters[j])) << i << " and " << j;
}

TEST_P(EveryMethod, ResolvesItsConfigOnceAndForAll) {
  for (const Json& asked : {Json(Json::object()), small_options(GetParam())}) {
    const Json resolved = entry_.resolve(asked);
    EXPECT_EQ(entry_.resolve(resolved), resolved);
    for (const auto& [name, value] : asked.items()) EXPECT_TRUE(resolved.contains(name)) << name;
  }
  EXPECT_THROW(entry_.resolve({{"no_such_option", 1}}), ConfigError);
}

/// {"a": {"b": value}} for "a.b".
Json nested(const std::string& name, double value) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos)  // whole numbers stay whole, for fields that hold no others
    return {{name, value == std::floor(value) ? Json(static_cast<int64_t>(value)) : Json(value)}};
  return {{name.substr(0, dot), nested(name.substr(dot + 1), value)}};
}

TEST_P(EveryMethod, RefusesNumbersOutOfRange) {
  for (const FieldInfo& field : entry_.fields()) {
    if (field.range.empty()) continue;
    SCOPED_TRACE(field.name + ": " + field.range);
    const std::string message =
        message_of<ConfigError>([&] { entry_.resolve(nested(field.name, -1'000'000)); });
    EXPECT_NE(message.find("method." + field.name), std::string::npos) << message;
    if (field.range.find("…") != std::string::npos)
      message_of<ConfigError>([&] { entry_.resolve(nested(field.name, 1'000'000)); });
  }
}

std::vector<std::string> all_names() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) all.push_back(entry.name);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Table, EveryMethod, testing::ValuesIn(all_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace tacit
