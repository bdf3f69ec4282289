// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/optimizer.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <utility>

namespace tacit {
namespace {

using at::Tensor;

constexpr double kEpsilon = 1e-8;  // of Adam and AdamW

/// What a fused step takes, side by side.
struct Lists {
  std::vector<Tensor> parameters, gradients;
  std::map<std::string, std::vector<Tensor>> states;
};

void update(const OptimizerConfig& config, Lists& lists, double rate, double decay) {
  if (lists.parameters.empty()) return;
  auto& [parameters, gradients, states] = lists;
  if (config.name == Algorithm::sgd) {
    at::_fused_sgd_(parameters, gradients, states["momentum"], decay, config.momentum, rate,
                    /*dampening=*/0, /*nesterov=*/false, /*maximize=*/false,
                    /*is_first_step=*/false);
    return;
  }
  const auto rule = [&](auto fused) {
    fused(parameters, gradients, states["exp_avg"], states["exp_avg_sq"], at::TensorList(),
          states["step"], rate, config.beta1, config.beta2, decay, kEpsilon, /*amsgrad=*/false,
          /*maximize=*/false);
  };
  const auto adam = [](auto&&... args) { at::_fused_adam_(args...); };
  const auto adamw = [](auto&&... args) { at::_fused_adamw_(args...); };
  config.name == Algorithm::adam ? rule(adam) : rule(adamw);
}

}  // namespace

Optimizer::Optimizer(const OptimizerConfig& config, std::vector<Tensor> parameters)
    : config_(config), parameters_(std::move(parameters)), states_(parameters_.size()) {}

Optimizer::State Optimizer::fresh_state(const Tensor& parameter) const {
  if (config_.name == Algorithm::sgd) {
    return config_.momentum > 0 ? State{{"momentum", at::zeros_like(parameter)}} : State{};
  }
  return {{"exp_avg", at::zeros_like(parameter)},
          {"exp_avg_sq", at::zeros_like(parameter)},
          {"step", at::zeros({}, parameter.options().dtype(at::kFloat))}};
}

void Optimizer::zero_grad() {
  for (Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

void Optimizer::step(double factor) {
  const c10::AutoGradMode no_grad(false);
  Lists weights, biases;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& parameter = parameters_[i];
    if (!parameter.grad().defined()) continue;
    if (states_[i].empty()) states_[i] = fresh_state(parameter);
    Lists& lists = parameter.dim() >= 2 ? weights : biases;
    lists.parameters.push_back(parameter);
    lists.gradients.push_back(parameter.grad().contiguous());
    for (auto& [name, value] : states_[i]) {
      if (name == "step") value.add_(1);
      lists.states[name].push_back(value);
    }
  }
  const double rate = config_.learning_rate * factor;
  update(config_, weights, rate, config_.weight_decay);
  update(config_, biases, rate, /*decay=*/0);
  // The fused steps write without saying so; who keeps something made of a weight asks its version.
  for (const Lists* lists : {&weights, &biases}) {
    for (const Tensor& parameter : lists->parameters) {
      parameter.unsafeGetTensorImpl()->bump_version();
    }
  }
}

Tensor Optimizer::gradient_norm() const {
  const c10::AutoGradMode no_grad(false);
  std::vector<Tensor> norms;
  for (const Tensor& parameter : parameters_)
    if (parameter.grad().defined()) norms.push_back(at::linalg_vector_norm(parameter.grad()));
  return norms.empty() ? at::zeros({}) : at::linalg_vector_norm(at::stack(norms));
}

void Optimizer::clip(double norm, double limit) {
  if (limit == 0 || norm <= limit) return;
  const c10::AutoGradMode no_grad(false);
  for (const Tensor& parameter : parameters_)
    if (parameter.grad().defined()) parameter.grad().mul_(limit / norm);
}

std::map<std::string, Tensor> Optimizer::state() const {
  std::map<std::string, Tensor> saved;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    for (const auto& [name, value] : states_[i]) {
      saved[text("{}/{}", i, name)] =
          name == "step" ? at::full({}, value.item<int64_t>(), at::kLong) : value.clone();
    }
  }
  return saved;
}

void Optimizer::restore(const std::map<std::string, Tensor>& saved) {
  std::vector<State> states(parameters_.size());
  size_t used = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const std::string prefix = text("{}/", i);
    const auto first = saved.lower_bound(prefix);
    if (first == saved.end() || !first->first.starts_with(prefix)) continue;  // never updated
    states[i] = fresh_state(parameters_[i]);
    for (auto& [name, value] : states[i]) {
      const auto found = saved.find(prefix + name);
      require<StateError>(found != saved.end(), "the optimiser's state lacks \"{}{}\"", prefix,
                          name);
      require<StateError>(found->second.sizes() == value.sizes(),
                          "the optimiser's state \"{}{}\" has shape {}, not {}", prefix, name,
                          found->second.sizes(), value.sizes());
      require<StateError>(name != "step" || found->second.scalar_type() == at::kLong,
                          "the optimiser's state \"{}step\" is not a whole number", prefix);
      value.copy_(found->second);
      ++used;
    }
  }
  require<StateError>(used == saved.size(),
                      "the optimiser's state has entries for other parameters");
  states_ = std::move(states);
}

}  // namespace tacit
