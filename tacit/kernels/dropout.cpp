// SPDX-License-Identifier: Apache-2.0
// Element i of x is kept when a 32-bit hash of (seed, i) is at least probability * 2^32. The hash
// is three rounds of multiply and xor-shift, so a loop over elements is plain vector arithmetic: it
// runs at memory speed where a sequential generator and a stored mask took as long as a
// convolution.
#include "tacit/kernels/dropout.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/kernels/counter_hash.h"

namespace tacit::kernels {
namespace {

constexpr int64_t kChunk = 1 << 15;  // elements; a multiple of every vector width

#if defined(__x86_64__)
__attribute__((target_clones("avx512f", "avx2", "default")))
#endif
void keep_some(const float* x, float* y, int64_t count, uint32_t key, uint32_t threshold, float scale) {
  for (int64_t i = 0; i < count; ++i)
    y[i] = counter_hash(static_cast<uint32_t>(i) ^ key) >= threshold ? x[i] * scale : 0.0f;
}

at::Tensor masked(const at::Tensor& x, double probability, uint64_t seed) {
  const at::Tensor y = at::empty_like(x);
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  const auto threshold = static_cast<uint32_t>(std::ldexp(probability, 32));
  const auto scale = static_cast<float>(1 / (1 - probability));
  const int64_t chunks = (x.numel() + kChunk - 1) / kChunk;
  at::parallel_for(0, chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t chunk = begin; chunk < end; ++chunk) {
      const int64_t first = chunk * kChunk;
      const uint32_t key = counter_key(seed, 0, static_cast<uint32_t>(chunk));
      keep_some(from + first, to + first, std::min(kChunk, x.numel() - first), key, threshold,
                scale);
    }
  });
  return y;
}

class Dropout : public torch::autograd::Function<Dropout> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            double probability, int64_t seed) {
    context->saved_data["probability"] = probability;
    context->saved_data["seed"] = seed;
    return masked(x, probability, static_cast<uint64_t>(seed));
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    return {masked(gradients[0].contiguous(), context->saved_data["probability"].toDouble(),
                   static_cast<uint64_t>(context->saved_data["seed"].toInt())),
            {},
            {}};
  }
};

}  // namespace

at::Tensor dropout(const at::Tensor& x, double probability, uint64_t seed) {
  require<ConfigError>(probability >= 0 && probability < 1,
                       "dropout: probability {} is not in 0 … 1", probability);
  if (!x.device().is_cpu() || x.scalar_type() != at::kFloat || !x.is_contiguous())
    return at::dropout(x, probability, /*train=*/true);
  return Dropout::apply(x, probability, static_cast<int64_t>(seed));
}

}  // namespace tacit::kernels
