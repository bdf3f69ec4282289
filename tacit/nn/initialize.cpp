// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/initialize.h"

#include <c10/core/GradMode.h>

#include <cmath>

namespace tacit {

void glorot_uniform(at::Tensor& weight, int64_t fan_in, int64_t fan_out, Rng rng) {
  const double bound = std::sqrt(6.0 / static_cast<double>(fan_in + fan_out));
  auto* values = weight.mutable_data_ptr<float>();
  for (int64_t i = 0; i < weight.numel(); ++i)
    values[i] = static_cast<float>(rng.uniform(-bound, bound));
}

void initialize(torch::nn::Module& module, const Rng& rng) {
  const c10::AutoGradMode no_grad(false);
  for (auto& item : module.named_parameters()) {
    at::Tensor& parameter = item.value();
    if (parameter.dim() < 2) {
      parameter.zero_();
      continue;
    }
    const int64_t receptive = parameter.numel() / (parameter.size(0) * parameter.size(1));
    glorot_uniform(parameter, parameter.size(1) * receptive, parameter.size(0) * receptive,
                   rng.stream(item.key()));
  }
}

}  // namespace tacit
