// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/average.h"

#include <algorithm>

#include "tacit/core/error.h"
#include "tacit/core/weights.h"

namespace tacit {

WeightAverage::WeightAverage(const torch::nn::Module& module, double decay)
    : decay_(decay), weights_(tacit::weights(module)) {}

void WeightAverage::update(const torch::nn::Module& module, int64_t step) {
  const auto t = static_cast<double>(step);
  const double keep = std::min(decay_, (1 + t) / (10 + t));
  for (const auto& [name, value] : tacit::weights(module)) {
    Tensor& average = weights_.at(name);
    if (value.is_floating_point())
      average.lerp_(value, 1 - keep);
    else
      average.copy_(value);
  }
}

void WeightAverage::restore(const std::map<std::string, Tensor>& saved) {
  for (auto& [name, average] : weights_) {
    const auto found = saved.find(name);
    require<StateError>(found != saved.end() && found->second.sizes() == average.sizes(),
                        "the saved average of weights lacks \"{}\" with shape {}", name,
                        average.sizes());
    average.copy_(found->second);
  }
}

AveragedModule::AveragedModule(torch::nn::Module& module, const WeightAverage* average)
    : module_(module) {
  if (average == nullptr) return;
  own_ = weights(module);
  set_weights(module, average->weights());
}

AveragedModule::~AveragedModule() {
  if (!own_.empty()) set_weights(module_, own_);
}

}  // namespace tacit
