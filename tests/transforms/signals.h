// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include "tacit/core/rng.h"

namespace tacit {

/// [rows, channels, time] float normals, the same at each call.
inline at::Tensor random_signals(int64_t rows, int64_t channels, int64_t time) {
  const at::Tensor x = at::empty({rows, channels, time}, at::kFloat);
  Rng rng(5);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.mutable_data_ptr<float>()[i] = static_cast<float>(rng.normal());
  return x;
}

}  // namespace tacit
