// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <string>

#include "tacit/core/rng.h"
#include "tacit/core/weights.h"

namespace tacit {

/// Standard normal numbers.
inline at::Tensor numbers(at::IntArrayRef shape, uint64_t seed) {
  Rng rng(seed);
  const at::Tensor x = at::empty(shape);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

/// Fills every weight and buffer so that biases and statistics matter too.
inline void stir(torch::nn::Module& module) {
  auto all = weights(module);
  uint64_t seed = 100;
  for (auto& [name, value] : all) {
    value = numbers(value.sizes(), ++seed) * 0.3;
    if (name.ends_with("running_var")) value = value.abs() + 0.5;
  }
  set_weights(module, all);
}

}  // namespace tacit
