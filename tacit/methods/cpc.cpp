// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/cpc.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "tacit/nn/initialize.h"

namespace tacit {

class CpcPredictor final : public torch::nn::Module {
 public:
  /// `steps`: the longest sequence of contexts that will come.
  CpcPredictor(CpcPrediction kind, const CpcEncoder& encoder, int64_t steps, const Rng& rng) {
    const int64_t width = encoder.context_width();
    weight_ = register_parameter("weight", at::empty({encoder.frame_width(), width}));
    initialize(*this, rng.stream("weight"));
    if (kind == CpcPrediction::linear) return;
    const CausalContextConfig one{.context = ContextKind::transformer,
                                  .context_width = width,
                                  .context_layers = 1,
                                  .context_heads = std::gcd(width, kHeads)};
    reader_ = register_module("reader", make_causal_context(one, width, steps, rng));
  }
  /// contexts: [N, S, H] -> [N, S, D].
  Tensor forward(const Tensor& contexts) const {
    return at::linear(reader_ ? reader_->forward(contexts) : contexts, weight_);
  }

 private:
  static constexpr int64_t kHeads = 8;  // of a transformer, or as many as share its width

  Tensor weight_;                          // W_k, [D, H]
  std::shared_ptr<CausalContext> reader_;  // before it, of a transformer
};

namespace {

std::shared_ptr<CpcEncoder> require_frames(const std::shared_ptr<Encoder>& encoder) {
  auto frames = std::dynamic_pointer_cast<CpcEncoder>(encoder);
  require<ConfigError>(frames != nullptr,
                       "method cpc foretells frames from contexts and so needs an encoder that has "
                       "both; set encoder.name = \"cpc_encoder\"");
  return frames;
}

/// Throws ConfigError for a name that moves samples in time.
Transform change_of_past(const CpcConfig& config) {
  for (const char* name : {"time_flip", "permutation", "time_warp"})
    require<ConfigError>(std::ranges::find(config.past, name) == config.past.end(),
                         "method.past cannot have {}: it brings samples of the future into the "
                         "past; use some of jitter, scale, rotation, negation, channel_shuffle",
                         name);
  std::vector<Transform> steps;
  for (NamedTransform& one :
       choose_transformations(config.transformations, config.past, "method.past"))
    steps.push_back(sometimes(config.probability, std::move(one.apply)));
  return chain(std::move(steps));
}

/// Of each row `length` samples from a place of its own on; 0: all.
Tensor crop(const Tensor& x, int64_t length, Rng& rng) {
  if (length == 0 || length == x.size(2)) return x;
  const Tensor begin = at::empty({x.size(0), 1, 1}, at::kLong);
  const Rng base = rng.split();
  for (int64_t row = 0; row < x.size(0); ++row)
    begin.mutable_data_ptr<int64_t>()[row] = base.row(row).below(x.size(2) - length + 1);
  const Tensor places = (begin + at::arange(length)).to(x.device());  // [N, 1, length]
  return x.gather(2, places.expand({-1, x.size(1), -1}));
}

}  // namespace

Cpc::Cpc(const Config& config, const Ingredients& ingredients)
    : config_(config),
      encoder_(register_module("encoder", require_frames(ingredients.encoder))),
      past_(change_of_past(config)) {
  const int64_t row = ingredients.spec.shape.at(1), samples = config.crop > 0 ? config.crop : row;
  require<ConfigError>(samples <= row, "method.crop = {} is longer than windows of {} samples",
                       samples, row);
  const int64_t frames = encoder_->frame_count(samples);
  require<ConfigError>(
      frames > config.steps,
      "method.steps = {} needs {} frames, which take {} samples with this encoder, but {} samples "
      "make {}; lower method.steps or the encoder's strides, or take longer windows or crops",
      config.steps, config.steps + 1, encoder_->sample_count(config.steps + 1), samples, frames);
  if (!config.past.empty()) {  // says now what cannot be done, not at the first step
    Rng trial(0);
    past_(at::zeros({1, ingredients.spec.shape[0], samples}), trial);
  }
  for (int64_t ahead = 1; ahead <= config.steps; ++ahead) {
    const std::string name = text("predictor{}", ahead);
    predictors_.push_back(register_module(
        name, std::make_shared<CpcPredictor>(config.prediction, *encoder_, frames - ahead,
                                             ingredients.rng.stream(name))));
  }
}

Loss Cpc::loss(const Batch& batch, Step& step) {
  const Tensor x = crop(batch.x, config_.crop, step.rng);
  const Tensor z = encoder_->frames(x);  // [N, S, D]
  const bool changes = is_training() && !config_.past.empty();
  const Tensor c =
      encoder_->contexts(changes ? encoder_->frames(past_(x, step.rng)) : z);  // [N, S, H]
  const Tensor frame = at::arange(z.size(1), at::kLong);
  Loss result;
  Tensor accuracy, chance;
  const auto add = [&](Tensor& mean, const Tensor& value) {
    const Tensor share = value / config_.steps;
    mean = mean.defined() ? mean + share : share;
  };
  for (int64_t ahead = 1; ahead <= config_.steps; ++ahead) {
    const Tensor foretold = predictors_[static_cast<size_t>(ahead - 1)]->forward(
        c.slice(1, 0, z.size(1) - ahead));  // [N, S - k, D]
    const Loss found = info_nce(foretold, z, frame.slice(0, ahead), config_.nce, step.rng);
    add(result.total, found.total);
    add(accuracy, found.parts[0].second);
    add(chance, found.parts[1].second);
    if (ahead == 1 || ahead == (config_.steps + 1) / 2 || ahead == config_.steps)
      result.parts.emplace_back(text("step_{}/accuracy", ahead), found.parts[0].second);
  }
  result.parts.insert(result.parts.begin(), {{"nce/accuracy", accuracy}, {"nce/chance", chance}});
  return result;
}

}  // namespace tacit
