// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/optimizer.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

namespace tacit {
namespace {

using torch::optim::OptimizerParamGroup;

/// Weights and biases as two groups, of which only the first decays.
std::vector<OptimizerParamGroup> groups(const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> weights, biases;
  for (const at::Tensor& parameter : parameters)
    (parameter.dim() >= 2 ? weights : biases).push_back(parameter);
  return {OptimizerParamGroup(weights), OptimizerParamGroup(biases)};
}

std::unique_ptr<torch::optim::Optimizer> make(const OptimizerConfig& config,
                                              const std::vector<at::Tensor>& parameters) {
  using namespace torch::optim;
  const std::tuple<double, double> betas(config.beta1, config.beta2);
  std::unique_ptr<torch::optim::Optimizer> made;
  switch (config.name) {
    case Algorithm::adam:
      made = std::make_unique<Adam>(groups(parameters),
                                    AdamOptions(config.learning_rate).betas(betas));
      static_cast<AdamOptions&>(made->param_groups()[0].options())
          .weight_decay(config.weight_decay);
      break;
    case Algorithm::adamw:
      made = std::make_unique<AdamW>(groups(parameters),
                                     AdamWOptions(config.learning_rate).betas(betas));
      static_cast<AdamWOptions&>(made->param_groups()[0].options())
          .weight_decay(config.weight_decay);
      static_cast<AdamWOptions&>(made->param_groups()[1].options()).weight_decay(0);
      break;
    case Algorithm::sgd:
      made = std::make_unique<SGD>(groups(parameters),
                                   SGDOptions(config.learning_rate).momentum(config.momentum));
      static_cast<SGDOptions&>(made->param_groups()[0].options()).weight_decay(config.weight_decay);
      break;
  }
  return made;
}

/// Calls visit(name, tensor) for each state tensor of one parameter, and visit_step for its count
/// of steps where the rule keeps one.
template <class Visit, class VisitStep>
void visit_state(Algorithm rule, torch::optim::OptimizerParamState& state, Visit visit,
                 VisitStep visit_step) {
  const auto visit_adam = [&](auto& adam) {
    visit("exp_avg", adam.exp_avg());
    visit("exp_avg_sq", adam.exp_avg_sq());
    int64_t step = adam.step();
    visit_step(step);
    adam.step(step);
  };
  if (rule == Algorithm::adam)
    visit_adam(static_cast<torch::optim::AdamParamState&>(state));
  else if (rule == Algorithm::adamw)
    visit_adam(static_cast<torch::optim::AdamWParamState&>(state));
  else
    visit("momentum", static_cast<torch::optim::SGDParamState&>(state).momentum_buffer());
}

std::unique_ptr<torch::optim::OptimizerParamState> empty_state(Algorithm rule) {
  if (rule == Algorithm::adam) return std::make_unique<torch::optim::AdamParamState>();
  if (rule == Algorithm::adamw) return std::make_unique<torch::optim::AdamWParamState>();
  return std::make_unique<torch::optim::SGDParamState>();
}

}  // namespace

Optimizer::Optimizer(const OptimizerConfig& config, std::vector<at::Tensor> parameters)
    : config_(config), parameters_(std::move(parameters)), rule_(make(config, parameters_)) {}

Optimizer::~Optimizer() = default;

void Optimizer::zero_grad() { rule_->zero_grad(); }

void Optimizer::step(double factor) {
  for (OptimizerParamGroup& group : rule_->param_groups())
    group.options().set_lr(config_.learning_rate * factor);
  rule_->step();
}

at::Tensor Optimizer::gradient_norm() const {
  const c10::AutoGradMode no_grad(false);
  std::vector<at::Tensor> norms;
  for (const at::Tensor& parameter : parameters_)
    if (parameter.grad().defined()) norms.push_back(at::linalg_vector_norm(parameter.grad()));
  return norms.empty() ? at::zeros({}) : at::linalg_vector_norm(at::stack(norms));
}

void Optimizer::clip(double norm, double limit) {
  if (limit == 0 || norm <= limit) return;
  const c10::AutoGradMode no_grad(false);
  for (const at::Tensor& parameter : parameters_)
    if (parameter.grad().defined()) parameter.grad().mul_(limit / norm);
}

std::map<std::string, at::Tensor> Optimizer::state() const {
  std::map<std::string, at::Tensor> saved;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const auto found = rule_->state().find(parameters_[i].unsafeGetTensorImpl());
    if (found == rule_->state().end()) continue;  // never had a gradient
    visit_state(
        config_.name, *found->second,
        [&](const std::string& name, const at::Tensor& value) {
          if (value.defined()) saved[text("{}/{}", i, name)] = value.clone();
        },
        [&](int64_t& step) { saved[text("{}/step", i)] = at::full({}, step, at::kLong); });
  }
  return saved;
}

void Optimizer::restore(const std::map<std::string, at::Tensor>& saved) {
  rule_->state().clear();
  size_t used = 0;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    const std::string prefix = text("{}/", i);
    const auto first = saved.lower_bound(prefix);
    if (first == saved.end() || !first->first.starts_with(prefix)) continue;
    const auto take = [&](const std::string& name) {
      const auto found = saved.find(prefix + name);
      require<StateError>(found != saved.end(), "the optimiser's state lacks \"{}{}\"", prefix,
                          name);
      ++used;
      return found->second;
    };
    auto state = empty_state(config_.name);
    visit_state(
        config_.name, *state,
        [&](const std::string& name, at::Tensor& value) {
          value = take(name).to(parameters_[i].device(), /*non_blocking=*/false, /*copy=*/true);
          require<StateError>(value.sizes() == parameters_[i].sizes(),
                              "the optimiser's state \"{}{}\" has shape {}, not {}", prefix, name,
                              value.sizes(), parameters_[i].sizes());
        },
        [&](int64_t& step) {
          const at::Tensor count = take("step");
          require<StateError>(count.numel() == 1 && count.scalar_type() == at::kLong,
                              "the optimiser's state \"{}step\" is not a whole number", prefix);
          step = count.item<int64_t>();
        });
    rule_->state()[parameters_[i].unsafeGetTensorImpl()] = std::move(state);
  }
  require<StateError>(used == saved.size(),
                      "the optimiser's state has entries for other parameters");
}

}  // namespace tacit
