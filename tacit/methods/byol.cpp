// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/byol.h"

#include <ATen/TensorOperators.h>
#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <numbers>
#include <utility>

#include "tacit/dist/rows.h"

namespace tacit {

/// The weights alone: the network is there once, and computes with either. They are buffers under
/// the network's own names, so that checkpoints hold them and nothing trains them.
class ByolTarget final : public torch::nn::Module {
 public:
  explicit ByolTarget(const torch::nn::Module& network) { copy(network, *this); }

  /// Parameters move by 1 - momentum of the way to the network's.
  void follow(double momentum) {
    const c10::AutoGradMode no_grad(false);
    for (const auto& [theirs, own] : parameters_) own.lerp_(theirs, 1 - momentum);
  }

  /// The network and this trade weights and batch statistics, without copying; a second time
  /// everything is where it was.
  void trade() const {
    for (const auto* pairs : {&parameters_, &statistics_})
      for (const auto& [theirs, own] : *pairs) trade(theirs, own);
  }

 private:
  using Pairs = std::vector<std::pair<Tensor, Tensor>>;  // the network's and its copy

  void copy(const torch::nn::Module& from, torch::nn::Module& to) {
    const auto add = [&](const std::string& name, const Tensor& theirs, Pairs& pairs) {
      pairs.emplace_back(theirs, to.register_buffer(name, theirs.detach().clone()));
    };
    for (const auto& item : from.named_parameters(/*recurse=*/false))
      add(item.key(), item.value(), parameters_);
    for (const auto& item : from.named_buffers(/*recurse=*/false))
      add(item.key(), item.value(), statistics_);
    for (const auto& item : from.named_children())
      copy(*item.value(),
           *to.register_module(item.key(), std::make_shared<torch::nn::Module>(item.key())));
  }

  /// Numbers, and the count of how often they were written to: an open graph that saved a weight,
  /// or a kernel that keeps something made of it, must find both as they were.
  static void trade(const Tensor& a, const Tensor& b) {
    at::TensorImpl &of_a = *a.unsafeGetTensorImpl(), &of_b = *b.unsafeGetTensorImpl();
    const Tensor numbers = a.variable_data();
    const c10::VariableVersion writes = of_a.version_counter();
    a.set_data(b);
    of_a.set_version_counter(of_b.version_counter());
    b.set_data(numbers);
    of_b.set_version_counter(writes);
  }

  Pairs parameters_, statistics_;
};

namespace {

constexpr double kShortest = 1e-6;  // a vector of length 0 has no direction; it stays 0

/// For as long as it lives, a network computes with its target's weights.
class InPlaceOf {
 public:
  explicit InPlaceOf(const ByolTarget& target)
      : target_(target), cached_(at::autocast::is_autocast_cache_enabled()) {
    // Copies in bfloat16 are kept by the tensor, whatever its numbers.
    at::autocast::set_autocast_cache_enabled(false);
    target_.trade();
  }
  ~InPlaceOf() {
    target_.trade();
    at::autocast::set_autocast_cache_enabled(cached_);
  }
  InPlaceOf(const InPlaceOf&) = delete;
  InPlaceOf& operator=(const InPlaceOf&) = delete;

 private:
  const ByolTarget& target_;
  const bool cached_;
};

/// In fp32, whatever the projections are in.
Tensor unit(const Tensor& x) {
  const Tensor full = x.to(at::kFloat);
  return full / full.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest);
}

/// [N], the squared distance of unit vectors, which is 2 - 2 cos.
Tensor distance(const Tensor& predicted, const Tensor& target) {
  return (unit(predicted) - target).square().sum(1);
}

std::vector<int64_t> with(std::vector<int64_t> hidden, int64_t outputs) {
  hidden.push_back(outputs);
  return hidden;
}

}  // namespace

Byol::Byol(const Config& config, const Ingredients& ingredients)
    : momentum_(config.momentum), views_(config.views, ingredients.spec) {
  const auto dense = [&](const std::string& name, int64_t features, auto widths) {
    return register_module(
        name, std::make_shared<Projector>(features, widths, ProjectorNormalization::batch,
                                          ingredients.rng.stream(name)));
  };
  encoder_ = register_module("encoder", ingredients.encoder);
  projector_ = dense("projector", encoder_->features(), config.projector);
  const int64_t outputs = config.projector.empty() ? encoder_->features() : config.projector.back();
  predictor_ = dense("predictor", outputs, with(config.predictor, outputs));
  torch::nn::Module network;
  network.register_module("encoder", encoder_);
  network.register_module("projector", projector_);
  target_ = register_module("target", std::make_shared<ByolTarget>(network));
}

/// [2N, *] -> [2N, P], unit vectors.
Tensor Byol::target_of(const Tensor& views, const Communicator& world) {
  const c10::AutoGradMode no_grad(false);
  const InPlaceOf network(*target_);
  return unit(projector_->forward(encoder_->forward(views), world));
}

Loss Byol::loss(const Batch& batch, Step& step) {
  const Tensor views = views_(batch.x, step.rng);       // [2N, *]
  const Tensor targets = target_of(views, step.world);  // [2N, P]; first, with its own weights
  const Tensor features = encoder_->forward(views);     // [2N, D]
  const Tensor projected = projector_->forward(features, step.world);          // [2N, P]
  const auto predicted = predictor_->forward(projected, step.world).chunk(2);  // [N, P] twice
  const auto wanted = targets.chunk(2);
  const Tensor apart = distance(predicted[0], wanted[1]) + distance(predicted[1], wanted[0]);
  const Tensor spread = 1 - mean_over_rows(targets, step.world).square().sum();
  return {mean_over_rows(apart, step.world), {{"target/spread", spread}}};
}

void Byol::after_update(const Step& step) {
  const double left = (1 + std::cos(std::numbers::pi * step.progress)) / 2;
  target_->follow(1 - (1 - momentum_) * left);
}

}  // namespace tacit
