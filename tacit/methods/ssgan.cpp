// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/ssgan.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rot90.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <utility>

namespace tacit {
namespace {

constexpr int64_t kRotations = 4;

/// Parameters that get no gradient for as long as it lives.
class Frozen {
 public:
  explicit Frozen(const std::vector<Tensor>& parameters) {
    for (const Tensor& parameter : parameters)
      if (parameter.requires_grad()) frozen_.push_back(parameter.requires_grad_(false));
  }
  ~Frozen() {
    for (const Tensor& parameter : frozen_) parameter.requires_grad_(true);
  }
  Frozen(const Frozen&) = delete;
  Frozen& operator=(const Frozen&) = delete;

 private:
  std::vector<Tensor> frozen_;
};

double scheduled(double start, std::optional<double> end, const Step& step) {
  return start + (end.value_or(start) - start) * step.progress;
}

/// The generator's config with what the method sets. Throws ConfigError.
GanGeneratorConfig complete(GanGeneratorConfig config, int64_t classes) {
  require<ConfigError>(config.classes == 0,
                       "method.generator.classes is set by the data; leave it out");
  if (classes == 0) {
    require<ConfigError>(config.normalization != GeneratorNormalization::conditional,
                         "method.generator.normalization = \"conditional\" needs "
                         "method.conditional = \"projection\"");
    return config;
  }
  require<ConfigError>(config.normalization != GeneratorNormalization::self_modulated,
                       "method.conditional = \"projection\" tells the generator the class by its "
                       "normalization, which cannot be \"self_modulated\" then; leave it out");
  config.normalization = GeneratorNormalization::conditional;
  config.classes = classes;
  return config;
}

}  // namespace

Ssgan::Ssgan(const Config& config, const Ingredients& ingredients) : config_(config) {
  const auto discriminator = std::dynamic_pointer_cast<GanDiscriminator>(ingredients.encoder);
  require<ConfigError>(discriminator != nullptr,
                       "method ssgan needs encoder.name = \"gan_discriminator\"");
  if (config.conditional == Conditioning::projection) {
    require<ConfigError>(ingredients.classes > 0,
                         "method.conditional = \"projection\" needs labels that name classes; "
                         "check data.label");
    classes_ = ingredients.classes;
  }
  encoder_ = register_module("encoder", discriminator);
  heads_ = register_module(
      "heads", std::make_shared<GanHeads>(
                   GanHeadsConfig{.features = encoder_->features(),
                                  .tells_rotation = config.rotation != RotationRule::none,
                                  .classes = classes_},
                   ingredients.rng.stream("heads")));
  const GanGeneratorConfig generator = complete(config.generator, classes_);
  const auto make = [&] {
    return std::make_shared<GanGenerator>(generator, ingredients.spec,
                                          ingredients.rng.stream("generator"));
  };
  generator_ = register_module("generator", make());
  if (config.generator_average == 0) return;
  average_ = register_module("average", make());
  for (const Tensor& parameter : average_->parameters()) parameter.requires_grad_(false);
}

Loss Ssgan::loss(const Batch& batch, Step& step) {
  generator_learns_ = false;
  const int64_t rows = batch.size();
  const Fakes fakes = [&] {
    const c10::AutoGradMode no_grad(false);
    return make_fakes(batch.x, step.rng);
  }();
  Tensor y, labelled;
  if (classes_ > 0) {
    labelled = batch.y >= 0;
    y = at::cat({batch.y.clamp_min(0), fakes.y});  // class 0 stands for none, and does not count
  }
  const Judged judged = judge(at::cat({batch.x, fakes.x}), y, rows);
  Loss loss = discriminator_loss(config_.loss, judged.score.slice(0, 0, rows),
                                 judged.score.slice(0, rows), step.world, labelled);
  loss.parts.emplace_back("adversarial", loss.total);
  add_rotation(loss, "rotation_real", judged, scheduled(config_.beta, config_.beta_end, step),
               step.world);
  return loss;
}

Loss Ssgan::loss_of_generator(const Batch& batch, Step& step) {
  generator_learns_ = is_training();
  const Frozen frozen(discriminator_parameters());
  const Fakes fakes = make_fakes(batch.x, step.rng);
  const Judged judged = judge(fakes.x, fakes.y, batch.size());
  Loss loss = generator_loss(config_.loss, judged.score, step.world);
  loss.parts.emplace_back("adversarial", loss.total);
  add_rotation(loss, "rotation_fake", judged, scheduled(config_.alpha, config_.alpha_end, step),
               step.world);
  return loss;
}

std::vector<Phase> Ssgan::phases() {
  return {{"discriminator", discriminator_parameters(),
           [this](const Batch& batch, Step& step) { return loss(batch, step); }},
          {"generator", generator_->parameters(),
           [this](const Batch& batch, Step& step) { return loss_of_generator(batch, step); },
           config_.n_dis}};
}

void Ssgan::after_update(const Step& step) {
  if (!std::exchange(generator_learns_, false) || !average_) return;
  const c10::AutoGradMode no_grad(false);
  const double moved = step.index < config_.average_from ? 1 : 1 - config_.generator_average;
  const auto follow = [&](const std::vector<Tensor>& average, const std::vector<Tensor>& now) {
    for (size_t i = 0; i < now.size(); ++i) average[i].lerp_(now[i], moved);
  };
  follow(average_->parameters(), generator_->parameters());
  follow(average_->buffers(), generator_->buffers());
}

/// As many as `like` has rows, on its device. A row's noise and class are draws of its own stream.
Ssgan::Fakes Ssgan::make_fakes(const Tensor& like, Rng& rng) const {
  const int64_t rows = like.size(0), noise = generator_->noise();
  const Tensor z = at::empty({rows, noise}), y = at::empty({rows}, at::kLong);
  const Rng base = rng.split();
  for (int64_t row = 0; row < rows; ++row) {
    Rng stream = base.row(row);
    for (int64_t i = 0; i < noise; ++i)
      z.mutable_data_ptr<float>()[row * noise + i] = static_cast<float>(stream.normal());
    if (classes_ > 0) y.mutable_data_ptr<int64_t>()[row] = stream.below(classes_);
  }
  const Tensor of_class = classes_ > 0 ? y.to(like.device()) : Tensor();
  return {generator_->forward(z.to(like.device()), of_class), of_class};
}

/// Those of `rows` that are shown turned by that many right angles.
Tensor Ssgan::part(const Tensor& rows, int64_t turns) const {
  if (!is_training()) return rows;
  const bool is_once = config_.rotation == RotationRule::each_quarter_once;
  const int64_t size = rows.size(0), first = is_once ? std::min(turns, size) : 0;
  return rows.slice(0, first, size, kRotations);
}

/// One pass over the images x; the first `turning` are also turned by 1, 2 and 3 right angles,
/// while what is turned by none is among x and not seen twice.
Ssgan::Judged Ssgan::judge(const Tensor& x, const Tensor& y, int64_t turning) {
  std::vector<Tensor> images{x}, turned;
  if (config_.rotation != RotationRule::none)
    for (int64_t turns = 0; turns < kRotations; ++turns) {
      const Tensor chosen = part(x.slice(0, 0, turning), turns);
      if (turns > 0) images.push_back(at::rot90(chosen, turns, {2, 3}));
      turned.push_back(at::full({chosen.size(0)}, turns, x.options().dtype(at::kLong)));
    }
  const Tensor all = at::cat(images);
  // Scores of turned images are not used, so any class will do.
  const Tensor of_class =
      y.defined() ? at::constant_pad_nd(y, {0, all.size(0) - y.size(0)}, 0) : Tensor();
  const Judgement told = heads_->forward(encoder_->forward(all), of_class);
  const Tensor score = told.score.slice(0, 0, x.size(0)).to(at::kFloat);
  if (turned.empty()) return {score, {}, {}};
  const Tensor upright = part(told.rotation.slice(0, 0, turning), 0);
  return {score, at::cat({upright, told.rotation.slice(0, x.size(0))}), at::cat(turned)};
}

/// Adds the cross-entropy of the turns and the share that was told right, both over the images of
/// all processes.
void Ssgan::add_rotation(Loss& loss, const std::string& name, const Judged& judged, double weight,
                         const Communicator& world) const {
  if (!judged.rotation.defined()) return;
  const Tensor cost = at::cross_entropy_loss(judged.rotation, judged.turns, {}, at::Reduction::Sum);
  const Tensor right = (judged.rotation.detach().argmax(1) == judged.turns).sum();
  const Tensor sums = world.sum(at::stack(
      {cost, right.to(cost.scalar_type()), at::full({}, judged.turns.size(0), cost.options())}));
  const Tensor mean = sums[0] / sums[2];
  loss.total = loss.total + weight * mean;
  loss.parts.emplace_back(name + "/loss", mean);
  loss.parts.emplace_back(name + "/accuracy", (sums[1] / sums[2]).detach());
}

std::vector<Tensor> Ssgan::discriminator_parameters() const {
  std::vector<Tensor> all = encoder_->parameters();
  for (const Tensor& parameter : heads_->parameters()) all.push_back(parameter);
  return all;
}

}  // namespace tacit
