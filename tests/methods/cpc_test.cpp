// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/cpc.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <set>

#include "tacit/core/weights.h"
#include "tacit/train/optimizer.h"
#include "tests/core/folder.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

/// Frames of 8 numbers that see 6 samples of the waves, one every 4: 15 of 64 samples.
std::shared_ptr<CpcEncoder> small_cpc_encoder(int64_t width = 8) {
  return std::make_shared<CpcEncoder>(
      CpcEncoderConfig{.filters = {width, width},
                       .kernels = {4, 2},
                       .strides = {2, 2},
                       .context = {.context_width = width, .context_heads = 2}},
      Waves(1).spec(), Rng(1));
}

std::shared_ptr<Cpc> make(const CpcConfig& config, int64_t width = 8) {
  return std::make_shared<Cpc>(config,
                               Ingredients{Waves(1).spec(), small_cpc_encoder(width), Rng(2)});
}

double part(const Loss& loss, const std::string& name) {
  for (const auto& [key, value] : loss.parts)
    if (key == name) return value.item<double>();
  ADD_FAILURE() << "no part " << name;
  return 0;
}

/// What the head of k frames ahead says of contexts c: [N, S, H] -> [N, S, D].
Tensor foretold(const std::map<std::string, Tensor>& weights_of_all, int64_t k, Tensor c) {
  const std::string head = text("predictor{}.", k), reader = head + "reader.";
  std::map<std::string, Tensor> of_reader;
  for (const auto& [name, value] : weights_of_all)
    if (name.starts_with(reader)) of_reader[name.substr(reader.size())] = value;
  if (!of_reader.empty()) {
    const auto same = make_causal_context({.context = ContextKind::transformer,
                                           .context_width = c.size(2),
                                           .context_layers = 1,
                                           .context_heads = 8},
                                          c.size(2), c.size(1), Rng(1));
    set_weights(*same, of_reader);
    c = same->forward(c);
  }
  return at::matmul(c, weights_of_all.at(head + "weight").t());
}

/// The mean over steps of InfoNCE between what is foretold of c_t of `heard` and z_{t+k} of `x`.
double written_out(Cpc& method, const CpcConfig& config, const Tensor& x, const Tensor& heard,
                   Rng& rng) {
  auto& encoder = dynamic_cast<CpcEncoder&>(method.encoder());
  const Tensor z = encoder.frames(x), c = encoder.contexts(encoder.frames(heard));
  double sum = 0;
  for (int64_t k = 1; k <= config.steps; ++k) {
    std::vector<int64_t> positive;
    for (int64_t t = 0; t + k < z.size(1); ++t) positive.push_back(t + k);
    sum += info_nce(foretold(weights(method), k, c.slice(1, 0, z.size(1) - k)), z,
                    at::tensor(positive, at::kLong), config.nce, rng)
               .total.item<double>();
  }
  return sum / static_cast<double>(config.steps);
}

TEST(Cpc, LossIsTheMeanOverStepsOfInfoNce) {
  const Batch batch = Waves(6).all();
  for (const CpcPrediction prediction : {CpcPrediction::linear, CpcPrediction::transformer})
    for (const NceNegatives negatives :
         {NceNegatives::in_batch, NceNegatives::same_sequence, NceNegatives::other_sequences})
      for (const int64_t drawn : {0, 4}) {
        const CpcConfig config{
            .steps = 5, .prediction = prediction, .nce = {.negatives = negatives, .drawn = drawn}};
        const auto method = make(config);
        Rng rng(3);
        EXPECT_NEAR(loss_of(*method, batch, 3).total.item<double>(),
                    written_out(*method, config, batch.x, batch.x, rng), 1e-5);
      }
}

TEST(Cpc, NamesTheFirstTheMiddleAndTheLastStep) {
  const auto names = [](int64_t steps) {
    std::vector<std::string> found;
    for (const auto& [name, value] : loss_of(*make({.steps = steps}), Waves(4).all(), 1).parts)
      found.push_back(name);
    return found;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names(1), (Names{"nce/accuracy", "nce/chance", "step_1/accuracy"}));
  EXPECT_EQ(names(2), (Names{"nce/accuracy", "nce/chance", "step_1/accuracy", "step_2/accuracy"}));
  EXPECT_EQ(names(5), (Names{"nce/accuracy", "nce/chance", "step_1/accuracy", "step_3/accuracy",
                             "step_5/accuracy"}));
  const Loss loss = loss_of(*make({.steps = 2}), Waves(4).all(), 1);
  EXPECT_NEAR(part(loss, "nce/accuracy"),
              (part(loss, "step_1/accuracy") + part(loss, "step_2/accuracy")) / 2, 1e-6);
  EXPECT_NEAR(part(loss, "nce/chance"), 1.0 / 60, 1e-6);
}

TEST(Cpc, CropsEachRowAtAPlaceOfItsOwn) {
  const CpcConfig config{.steps = 3, .crop = 40};
  const auto method = make(config);
  const Batch batch = Waves(5).all();
  Rng rng(4);
  const Rng base = rng.split();
  std::vector<Tensor> crops;
  std::set<int64_t> places;
  for (int64_t row = 0; row < 5; ++row) {
    const int64_t begin = base.row(row).below(64 - 40 + 1);
    places.insert(begin);
    crops.push_back(batch.x[row].slice(1, begin, begin + 40));
  }
  EXPECT_GT(places.size(), 2);
  const Tensor x = at::stack(crops);
  EXPECT_NEAR(loss_of(*method, batch, 4).total.item<double>(),
              written_out(*method, config, x, x, rng), 1e-5);
  EXPECT_NE(loss_of(*method, batch, 5).total.item<double>(),
            loss_of(*method, batch, 4).total.item<double>());
}

TEST(Cpc, ChangesWhatContextsHearAndNotWhatTheyForetellWhileTraining) {
  const CpcConfig config{.steps = 3, .past = {"negation"}};
  const auto method = make(config);
  const Batch batch = Waves(5).all();
  Rng rng(1);
  EXPECT_NEAR(loss_of(*method, batch, 1).total.item<double>(),
              written_out(*method, config, batch.x, -batch.x, rng), 1e-5);
  method->eval();
  EXPECT_NEAR(loss_of(*method, batch, 1).total.item<double>(),
              written_out(*method, config, batch.x, batch.x, rng), 1e-5);
  const auto half = make({.steps = 3, .past = {"negation"}, .probability = 0.5});
  EXPECT_NE(loss_of(*half, batch, 1).total.item<double>(),
            loss_of(*half, batch, 2).total.item<double>());
}

TEST(Cpc, SendsAGradientToEveryParameterAndLeavesTheBatchAsItIs) {
  for (const CpcPrediction prediction : {CpcPrediction::linear, CpcPrediction::transformer}) {
    const auto method = make({.steps = 4, .prediction = prediction, .past = {"scale"}});
    const Batch batch = Waves(6).all();
    const Tensor x = batch.x.clone();
    loss_of(*method, batch, 1).total.backward();
    EXPECT_TRUE(batch.x.equal(x));
    for (const auto& item : method->named_parameters())
      EXPECT_TRUE(item.value().grad().defined() &&
                  item.value().grad().abs().max().item<double>() > 0)
          << item.key();
  }
}

TEST(Cpc, DrawsForARowWhatItDrewInTheJointBatch) {
  const auto method = make({.steps = 3,
                            .nce = {.negatives = NceNegatives::same_sequence, .drawn = 4},
                            .crop = 40,
                            .past = {"jitter"},
                            .probability = 0.5});
  const Tensor x = Waves(9).all().x;
  const SingleProcess world;
  const auto from = [&](int64_t first, int64_t end) {
    Rng draws = Rng(4).from_row(first);
    Step step{0, 0, draws, world};
    return method->loss({x.slice(0, first, end), {}, {}}, step).total.item<double>();
  };
  EXPECT_NEAR(from(0, 9), (from(0, 5) * 5 + from(5, 9) * 4) / 9, 1e-5);
}

TEST(Cpc, FindsThePositivesOfAPredictableSignalFarMoreOftenThanByChance) {
  for (const CpcPrediction prediction : {CpcPrediction::linear, CpcPrediction::transformer}) {
    const auto method = make({.steps = 2, .prediction = prediction});
    Optimizer optimizer({.learning_rate = 3e-3}, method->phases().at(0).parameters);
    const Batch batch = Waves(16).all();
    for (uint64_t i = 0; i < 160; ++i) {
      optimizer.zero_grad();
      loss_of(*method, batch, i).total.backward();
      optimizer.step(1);
    }
    method->eval();
    const Loss loss = loss_of(*method, Waves(16, /*seed=*/2).all(), 1);  // other waves
    EXPECT_NEAR(part(loss, "nce/chance"), 1.0 / (16 * 15), 1e-6);
    EXPECT_GT(part(loss, "nce/accuracy"), 5 * part(loss, "nce/chance")) << enum_name(prediction);
  }
}

TEST(Cpc, RefusesWhatItCannotUse) {
  const auto says = [](const CpcConfig& config, const char* words) {
    const std::string message = message_of<ConfigError>([&] { make(config); });
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  EXPECT_NO_THROW(make({.steps = 14}));
  says({.steps = 15}, "method.steps = 15 needs 16 frames, which take 66 samples");
  says({.steps = 3, .crop = 65}, "method.crop = 65");
  says({.steps = 3, .crop = 17}, "but 17 samples make 3");
  says({.steps = 3, .past = {"jitter", "time_flip"}}, "cannot have time_flip");
  says({.steps = 3, .past = {"permutation"}}, "cannot have permutation");
  says({.steps = 3, .past = {"time_warp"}}, "cannot have time_warp");
  says({.steps = 3, .past = {"jiter"}}, "jitter");
  const std::string message = message_of<ConfigError>([] {
    Cpc({}, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)});
  });
  EXPECT_NE(message.find("\"cpc_encoder\""), std::string::npos) << message;
  Spec spec = Waves(1).spec();
  spec.shape[0] = 2;
  const auto encoder = std::make_shared<CpcEncoder>(
      CpcEncoderConfig{.filters = {4}, .kernels = {4}, .strides = {4}}, spec, Rng(1));
  EXPECT_THROW(Cpc({.steps = 3, .past = {"rotation"}}, {spec, encoder, Rng(2)}), ShapeError);
}

TEST(Cpc, HasThePapersDefaults) {
  const Json config = write_config(CpcConfig{});
  EXPECT_EQ(config.at("steps"), 12);
  EXPECT_EQ(config.at("negatives"), "in_batch");
  EXPECT_EQ(config.at("score"), "dot");
  EXPECT_EQ(config.at("drawn"), 0);
}

}  // namespace
}  // namespace tacit
