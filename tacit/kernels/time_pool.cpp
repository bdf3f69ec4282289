// SPDX-License-Identifier: Apache-2.0
//
// Three statistics of a sequence in three passes over it, a window at a time, so that the second
// and third find it in cache; backward one pass, from the sequence, the statistics and the steps of
// the maxima. Rows are added lane by lane, first to last. PyTorch's operations take some ten passes
// over the whole batch, and its variance over a dimension that is not the last is not vectorised:
// together they took as long as the convolutions before them.
#include "tacit/kernels/time_pool.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/var_mean.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/kernels/simd.h"

#if defined(__x86_64__)
#define TACIT_WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TACIT_WIDEST
#endif

namespace tacit::kernels {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Mean and deviation of x: [time, channels].
TACIT_WIDEST void mean_and_deviation(const float* x, int64_t time, int64_t channels, float epsilon,
                                     float* mean, float* deviation) {
  for (int64_t c = 0; c < channels; ++c) mean[c] = deviation[c] = 0.0F;
  for (int64_t t = 0; t < time; ++t) {
    for (int64_t c = 0; c < channels; ++c) mean[c] += x[t * channels + c];
  }
  const float steps = static_cast<float>(time);
  for (int64_t c = 0; c < channels; ++c) mean[c] /= steps;
  for (int64_t t = 0; t < time; ++t) {
    for (int64_t c = 0; c < channels; ++c) {
      const float centred = x[t * channels + c] - mean[c];
      deviation[c] += centred * centred;
    }
  }
  for (int64_t c = 0; c < channels; ++c) deviation[c] = std::sqrt(deviation[c] / steps + epsilon);
}

/// gradient of x but for the maxima: offset + slope (x - mean).
TACIT_WIDEST void spread(const float* x, int64_t time, int64_t channels, const float* mean,
                         const float* offset, const float* slope, float* x_gradient) {
  for (int64_t t = 0; t < time; ++t) {
    for (int64_t c = 0; c < channels; ++c) {
      x_gradient[t * channels + c] = offset[c] + slope[c] * (x[t * channels + c] - mean[c]);
    }
  }
}

/// The statistics [N, 3 C], and the steps of the maxima, [N, C].
std::pair<Tensor, Tensor> run_forward(const Tensor& x, double epsilon) {
  const int64_t time = x.size(1), channels = x.size(2);
  const Tensor y = at::empty({x.size(0), 3 * channels}, x.options());
  const Tensor steps = at::empty({x.size(0), channels}, x.options().dtype(at::kInt));
  at::parallel_for(0, x.size(0), 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const float* const window = x.const_data_ptr<float>() + n * time * channels;
      float* const largest = y.mutable_data_ptr<float>() + n * 3 * channels;
      simd().largest(window, time, channels, largest,
                     steps.mutable_data_ptr<int32_t>() + n * channels);
      mean_and_deviation(window, time, channels, static_cast<float>(epsilon), largest + channels,
                         largest + 2 * channels);
    }
  });
  return {y, steps};
}

Tensor run_backward(const Tensor& x, const Tensor& y, const Tensor& steps, const Tensor& gradient) {
  const int64_t time = x.size(1), channels = x.size(2);
  const Tensor x_gradient = at::empty_like(x);
  at::parallel_for(0, x.size(0), 1, [&](int64_t begin, int64_t end) {
    std::vector<float> offset(static_cast<size_t>(channels)), slope(offset.size());
    for (int64_t n = begin; n < end; ++n) {
      const float* const statistics = y.const_data_ptr<float>() + n * 3 * channels;
      const float* const from = gradient.const_data_ptr<float>() + n * 3 * channels;
      float* const to = x_gradient.mutable_data_ptr<float>() + n * time * channels;
      for (int64_t c = 0; c < channels; ++c) {
        const auto at = static_cast<size_t>(c);
        offset[at] = from[channels + c] / static_cast<float>(time);
        slope[at] =
            from[2 * channels + c] / (static_cast<float>(time) * statistics[2 * channels + c]);
      }
      spread(x.const_data_ptr<float>() + n * time * channels, time, channels, statistics + channels,
             offset.data(), slope.data(), to);
      for (int64_t c = 0; c < channels; ++c) {
        to[steps.const_data_ptr<int32_t>()[n * channels + c] * channels + c] += from[c];
      }
    }
  });
  return x_gradient;
}

class MaxMeanStd : public torch::autograd::Function<MaxMeanStd> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, double epsilon) {
    const auto [y, steps] = run_forward(x, epsilon);
    context->save_for_backward({x, y, steps});
    context->saved_data["epsilon"] = epsilon;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    if (!at::GradMode::is_enabled()) {
      return {run_backward(saved[0], saved[1], saved[2], gradients[0].contiguous()), {}};
    }
    // Asked for a gradient that can be differentiated again.
    const Tensor x = saved[0].view_as(saved[0]);
    const Tensor y = reference::max_mean_std(x, context->saved_data["epsilon"].toDouble());
    return {torch::autograd::grad({y}, {x}, {gradients[0]}, std::nullopt, /*create_graph=*/true)[0],
            {}};
  }
};

void require_shape(const Tensor& x) {
  require<ShapeError>(x.dim() == 3 && x.size(1) > 0,
                      "max_mean_std: x must be [N, T, C] with a time step but is {}", x.sizes());
}

}  // namespace

Tensor max_mean_std(const Tensor& x, double epsilon) {
  if (!x.device().is_cpu() || x.scalar_type() != at::kFloat || !x.is_contiguous()) {
    return reference::max_mean_std(x, epsilon);
  }
  require_shape(x);
  return MaxMeanStd::apply(x, epsilon);
}

namespace reference {

Tensor max_mean_std(const Tensor& x, double epsilon) {
  require_shape(x);
  const auto [variance, mean] = at::var_mean(x, /*dim=*/{1}, /*correction=*/0);
  return at::cat({std::get<0>(x.max(1)), mean, (variance + epsilon).sqrt()}, 1);
}

}  // namespace reference
}  // namespace tacit::kernels
