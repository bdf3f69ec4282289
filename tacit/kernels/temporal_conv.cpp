// SPDX-License-Identifier: Apache-2.0
//
// Temporal convolution over a batch, forward and backward. Threads share the windows; a thread
// takes a window through everything it needs (conv_window.h), so that the window stays in the
// second-level cache. Weight gradients are summed over runs of windows whose length depends on N
// alone, and then over the runs in order: the same bits for any number of threads. Through the
// global max only O of the T' O gradients of a window differ from 0, and each costs a row of x
// and a row of W instead of a share of a matrix product.
#include "tacit/kernels/temporal_conv.h"

#include <ATen/Parallel.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/kernels/conv_window.h"

namespace tacit::kernels {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void require_shapes(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t stride) {
  require<ShapeError>(x.dim() == 3, "temporal_conv: x must be [N, T, C] but is {}", x.sizes());
  require<ShapeError>(weight.dim() == 3 && weight.size(0) > 0 && weight.size(2) > 0,
                      "temporal_conv: weight must be [O, C, k] but is {}", weight.sizes());
  require<ShapeError>(x.size(2) == weight.size(1) && x.size(2) > 0,
                      "temporal_conv: x {} and weight {} must have the same channels: x is "
                      "[N, T, C] and weight [O, C, k]",
                      x.sizes(), weight.sizes());
  require<ShapeError>(bias.dim() == 1 && bias.size(0) == weight.size(0),
                      "temporal_conv: bias must be [O = {}] but is {}", weight.size(0),
                      bias.sizes());
  require<ShapeError>(x.size(1) >= weight.size(2),
                      "temporal_conv: the window has {} time steps, fewer than the kernel's {}; "
                      "use longer windows or a narrower kernel",
                      x.size(1), weight.size(2));
  require<ShapeError>(stride >= 1, "temporal_conv: stride must be at least 1 but is {}", stride);
}

bool is_fast(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const auto plain = [](const Tensor& t) {
    return t.device().is_cpu() && t.layout() == at::kStrided && t.scalar_type() == at::kFloat;
  };
  return plain(x) && plain(weight) && plain(bias) && x.is_contiguous();
}

/// Runs of windows whose gradients are summed together: at most 32, and by N alone.
struct Runs {
  int64_t windows, length, count;

  explicit Runs(int64_t all)
      : windows(all),
        length(std::max<int64_t>((all + 31) / 32, 1)),
        count((all + length - 1) / length) {}

  /// Calls body(run, first window, window after the last) for each run, in parallel.
  template <class Body>
  void for_each(const Body& body) const {
    at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t run = begin; run < end; ++run) {
        body(run, run * length, std::min(windows, (run + 1) * length));
      }
    });
  }
};

/// The sum over runs, first to last; at::sum may group them by the number of threads.
Tensor sum_in_order(const Tensor& runs) {
  Tensor sum = at::zeros(runs.sizes().slice(1), runs.options());
  for (int64_t run = 0; run < runs.size(0); ++run) sum.add_(runs[run]);
  return sum;
}

/// Gradients of x (undefined if not asked for), weight and bias for dense gradients of y.
variable_list dense_backward(const Tensor& x, const Tensor& weight, const Tensor& y,
                             const Tensor& y_gradient, int64_t stride, bool needs_x) {
  const ConvSizes sizes(x, weight, stride);
  const Runs runs(sizes.windows);
  Tensor x_gradient = needs_x ? at::empty_like(x) : Tensor();
  const Tensor weights = at::zeros({runs.count, sizes.field(), sizes.outputs}, x.options());
  const Tensor biases = at::zeros({runs.count, sizes.outputs}, x.options());
  const std::optional<InputGradient> input =
      needs_x ? std::optional<InputGradient>(std::in_place, sizes, weight) : std::nullopt;
  const float* const x_data = x.const_data_ptr<float>();
  const float* const y_data = y.const_data_ptr<float>();
  const float* const y_gradient_data = y_gradient.const_data_ptr<float>();
  float* const x_gradient_data = needs_x ? x_gradient.mutable_data_ptr<float>() : nullptr;
  float* const weights_data = weights.mutable_data_ptr<float>();
  float* const biases_data = biases.mutable_data_ptr<float>();
  const int64_t x_size = sizes.time * sizes.channels;
  const int64_t y_size = sizes.steps * sizes.outputs;

  runs.for_each([&](int64_t run, int64_t first, int64_t end) {
    GatedGradient gradient(sizes);
    for (int64_t n = first; n < end; ++n) {
      gradient.fill(y_data + n * y_size, y_gradient_data + n * y_size);
      add_gradients(sizes, x_data + n * x_size, gradient,
                    weights_data + run * sizes.field() * sizes.outputs,
                    biases_data + run * sizes.outputs);
      if (input) input->run(gradient, x_gradient_data + n * x_size);
    }
  });
  const Tensor weight_gradient =
      sum_in_order(weights).view({sizes.width, sizes.channels, sizes.outputs}).permute({2, 1, 0});
  return {x_gradient, weight_gradient.contiguous(), sum_in_order(biases), Tensor()};
}

/// target += factor * source, `size` floats.
void add_scaled(float* target, const float* source, float factor, int64_t size) {
#pragma omp simd
  for (int64_t i = 0; i < size; ++i) target[i] += factor * source[i];
}

/// The same for gradients of the largest values: y, chosen step, y_gradient: [N, O].
variable_list max_backward(const Tensor& x, const Tensor& weight, const Tensor& y,
                           const Tensor& chosen, const Tensor& y_gradient, int64_t stride,
                           bool needs_x) {
  const ConvSizes sizes(x, weight, stride);
  const Runs runs(sizes.windows);
  const int64_t field = sizes.field();
  Tensor x_gradient = needs_x ? at::zeros_like(x) : Tensor();
  const Tensor weights = at::zeros({runs.count, sizes.outputs, field}, x.options());
  const Tensor biases = at::zeros({runs.count, sizes.outputs}, x.options());
  const Tensor taps = weight.permute({0, 2, 1}).contiguous();  // [O, k, C]
  const float* const x_data = x.const_data_ptr<float>();
  const float* const taps_data = taps.const_data_ptr<float>();
  const float* const y_data = y.const_data_ptr<float>();
  const float* const y_gradient_data = y_gradient.const_data_ptr<float>();
  const int64_t* const chosen_data = chosen.const_data_ptr<int64_t>();
  float* const x_gradient_data = needs_x ? x_gradient.mutable_data_ptr<float>() : nullptr;
  float* const weights_data = weights.mutable_data_ptr<float>();
  float* const biases_data = biases.mutable_data_ptr<float>();

  runs.for_each([&](int64_t run, int64_t first, int64_t end) {
    for (int64_t n = first; n < end; ++n) {
      for (int64_t output = 0; output < sizes.outputs; ++output) {
        const int64_t index = n * sizes.outputs + output;
        if (y_data[index] <= 0.0F) continue;
        const int64_t x_at = (n * sizes.time + chosen_data[index] * sizes.stride) * sizes.channels;
        const float gradient = y_gradient_data[index];
        const int64_t row = run * sizes.outputs + output;
        biases_data[row] += gradient;
        add_scaled(weights_data + row * field, x_data + x_at, gradient, field);
        if (needs_x) {
          add_scaled(x_gradient_data + x_at, taps_data + output * field, gradient, field);
        }
      }
    }
  });
  const Tensor weight_gradient =
      sum_in_order(weights).view({sizes.outputs, sizes.width, sizes.channels}).permute({0, 2, 1});
  return {x_gradient, weight_gradient.contiguous(), sum_in_order(biases), Tensor()};
}

/// Gradients that can be differentiated again, from the plain-torch function.
/// The views keep the derivative partial where one input is a function of another.
template <class Reference>
variable_list differentiable_backward(const Reference& reference, const variable_list& inputs,
                                      const Tensor& y_gradient, int64_t stride) {
  variable_list views;
  variable_list wanted;
  for (const Tensor& input : inputs) {
    views.push_back(input.view_as(input));
    if (input.requires_grad()) wanted.push_back(views.back());
  }
  const Tensor y = reference(views[0], views[1], views[2], stride);
  const variable_list found =
      torch::autograd::grad({y}, wanted, {y_gradient}, std::nullopt, /*create_graph=*/true);
  variable_list gradients(4);
  for (size_t input = 0, next = 0; input < inputs.size(); ++input) {
    if (inputs[input].requires_grad()) gradients[input] = found[next++];
  }
  return gradients;
}

class TemporalConvRelu : public torch::autograd::Function<TemporalConvRelu> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, int64_t stride) {
    const ConvSizes sizes(x, weight, stride);
    const WindowForward convolution(sizes, weight, bias);
    Tensor y = at::empty({sizes.windows, sizes.steps, sizes.outputs}, x.options());
    const float* const x_data = x.const_data_ptr<float>();
    float* const y_data = y.mutable_data_ptr<float>();
    at::parallel_for(0, sizes.windows, 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        convolution.run(x_data + n * sizes.time * sizes.channels,
                        y_data + n * sizes.steps * sizes.outputs);
      }
    });
    context->save_for_backward({x, weight, bias, y});
    context->saved_data["stride"] = stride;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const int64_t stride = context->saved_data["stride"].toInt();
    if (at::GradMode::is_enabled()) {
      return differentiable_backward(reference::temporal_conv_relu, {saved[0], saved[1], saved[2]},
                                     gradients[0], stride);
    }
    return dense_backward(saved[0], saved[1], saved[3], gradients[0].contiguous(), stride,
                          context->needs_input_grad(0));
  }
};

class TemporalConvReluGlobalMax : public torch::autograd::Function<TemporalConvReluGlobalMax> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, int64_t stride) {
    const ConvSizes sizes(x, weight, stride);
    const WindowForward convolution(sizes, weight, bias);
    Tensor largest = at::empty({sizes.windows, sizes.outputs}, x.options());
    Tensor chosen = at::empty({sizes.windows, sizes.outputs}, x.options().dtype(at::kLong));
    const float* const x_data = x.const_data_ptr<float>();
    float* const largest_data = largest.mutable_data_ptr<float>();
    int64_t* const chosen_data = chosen.mutable_data_ptr<int64_t>();
    at::parallel_for(0, sizes.windows, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> y(static_cast<size_t>(sizes.steps * sizes.outputs));
      for (int64_t n = begin; n < end; ++n) {
        convolution.run(x_data + n * sizes.time * sizes.channels, y.data());
        max_over_time(sizes, y.data(), largest_data + n * sizes.outputs,
                      chosen_data + n * sizes.outputs);
      }
    });
    context->save_for_backward({x, weight, bias, largest, chosen});
    context->saved_data["stride"] = stride;
    return largest;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const int64_t stride = context->saved_data["stride"].toInt();
    if (at::GradMode::is_enabled()) {
      return differentiable_backward(reference::temporal_conv_relu_global_max,
                                     {saved[0], saved[1], saved[2]}, gradients[0], stride);
    }
    return max_backward(saved[0], saved[1], saved[3], saved[4], gradients[0].contiguous(), stride,
                        context->needs_input_grad(0));
  }
};

}  // namespace

Tensor temporal_conv_relu(const Tensor& x, const Tensor& weight, const Tensor& bias,
                          int64_t stride) {
  if (!is_fast(x, weight, bias)) {
    return reference::temporal_conv_relu(x, weight, bias, stride);
  }
  require_shapes(x, weight, bias, stride);
  return TemporalConvRelu::apply(x, weight, bias, stride);
}

Tensor temporal_conv_relu_global_max(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                     int64_t stride) {
  if (!is_fast(x, weight, bias)) {
    return reference::temporal_conv_relu_global_max(x, weight, bias, stride);
  }
  require_shapes(x, weight, bias, stride);
  return TemporalConvReluGlobalMax::apply(x, weight, bias, stride);
}

namespace reference {

Tensor temporal_conv_relu(const Tensor& x, const Tensor& weight, const Tensor& bias,
                          int64_t stride) {
  require_shapes(x, weight, bias, stride);
  return at::conv1d(x.transpose(1, 2), weight, bias, stride).relu().transpose(1, 2).contiguous();
}

Tensor temporal_conv_relu_global_max(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                     int64_t stride) {
  return std::get<0>(reference::temporal_conv_relu(x, weight, bias, stride).max(1));
}

}  // namespace reference
}  // namespace tacit::kernels
