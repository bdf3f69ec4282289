// SPDX-License-Identifier: Apache-2.0
//
// A chain of convolutions, forward and backward. Threads share the windows, and a thread takes one
// window through all layers before the next, so that its activations stay in the second-level
// cache; what is kept for the backward pass is the input of each layer and nothing else. Dropout is
// drawn from a counter, and in the backward pass a dropped element is known by its zero. Weight
// gradients are summed over runs of windows whose length depends on N alone, and then over the runs
// in order: the same bits for any number of threads. Through the global maximum only O of the T' O
// gradients of a window differ from 0, and each costs a row of x and a row of W instead of a share
// of a matrix product.
#include "tacit/kernels/conv_chain.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/kernels/correlation.h"
#include "tacit/kernels/counter_hash.h"
#include "tacit/kernels/simd.h"

namespace tacit::kernels {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kMostRuns = 32;  // of windows whose weight gradients are summed together

/// What a layer does to sequences of a given length.
struct Layer {
  Filters filters;
  Activation activation;
  int64_t time;     ///< rows that come in
  int64_t front;    ///< rows of zeros before them
  int64_t padded;   ///< rows with the zeros around them
  int64_t steps;    ///< of the convolution
  int64_t results;  ///< rows that go out, after pooling
  int64_t pool_width, pool_stride;

  Layer(const ConvLayer& layer, int64_t rows)
      : filters{layer.weight.size(0), layer.weight.size(1), layer.weight.size(2), layer.stride},
        time(rows),
        front(layer.same ? (filters.width - 1) / 2 : 0),
        padded(layer.same ? rows + filters.width - 1 : rows),
        steps((padded - filters.width) / filters.stride + 1),
        results((steps - layer.pool_width) / layer.pool_stride + 1),
        pool_width(layer.pool_width),
        pool_stride(layer.pool_stride) {
    activation.slope = static_cast<float>(layer.negative_slope);
    activation.threshold = static_cast<uint32_t>(std::ldexp(layer.dropout, 32));
    activation.scale = static_cast<float>(1 / (1 - layer.dropout));
    activation.slope_at_zero = layer.dropout > 0 ? 0 : activation.slope;
  }

  bool pools() const { return pool_width > 1 || pool_stride > 1; }
  int64_t input_size() const { return time * filters.channels; }
  int64_t result_size() const { return results * filters.outputs; }
};

/// Throws unless the layers fit x and one another.
void require_shapes(const Tensor& x, const std::vector<ConvLayer>& layers) {
  require<ShapeError>(x.dim() == 3, "conv_chain: x must be [N, T, C] but is {}", x.sizes());
  require<ShapeError>(!layers.empty(), "conv_chain: there are no layers");
  int64_t rows = x.size(1), channels = x.size(2);
  for (const ConvLayer& layer : layers) {
    const Tensor& weight = layer.weight;
    require<ShapeError>(weight.dim() == 3 && weight.size(0) > 0 && weight.size(2) > 0,
                        "conv_chain: weight must be [O, C, k] but is {}", weight.sizes());
    require<ShapeError>(channels == weight.size(1) && channels > 0,
                        "conv_chain: weight {} must have the {} channels of its input: it is "
                        "[O, C, k]",
                        weight.sizes(), channels);
    require<ShapeError>(layer.bias.dim() == 1 && layer.bias.size(0) == weight.size(0),
                        "conv_chain: bias must be [O = {}] but is {}", weight.size(0),
                        layer.bias.sizes());
    require<ShapeError>(layer.stride >= 1, "conv_chain: stride must be at least 1 but is {}",
                        layer.stride);
    require<ShapeError>(!layer.same || layer.stride == 1,
                        "conv_chain: same padding goes with stride 1, not {}", layer.stride);
    require<ShapeError>(layer.same || rows >= weight.size(2),
                        "conv_chain: the sequence has {} time steps, fewer than the kernel's {}; "
                        "use longer windows or a narrower kernel",
                        rows, weight.size(2));
    require<ShapeError>(rows >= 1, "conv_chain: the sequence is empty");
    require<ConfigError>(layer.dropout >= 0 && layer.dropout < 1,
                         "conv_chain: dropout {} is not in 0 … 1", layer.dropout);
    require<ShapeError>(layer.pool_width >= 1 && layer.pool_width <= 255 && layer.pool_stride >= 1,
                        "conv_chain: pool_width {} is not in 1 … 255 or pool_stride {} not at "
                        "least 1",
                        layer.pool_width, layer.pool_stride);
    const Layer sizes(layer, rows);
    require<ShapeError>(sizes.steps >= layer.pool_width,
                        "conv_chain: {} steps are fewer than the {} of a maximum", sizes.steps,
                        layer.pool_width);
    rows = sizes.results;
    channels = weight.size(0);
  }
}

bool is_fast(const Tensor& x, const std::vector<ConvLayer>& layers) {
  const auto plain = [](const Tensor& t) {
    return t.device().is_cpu() && t.layout() == at::kStrided && t.scalar_type() == at::kFloat;
  };
  return plain(x) && x.is_contiguous() && std::ranges::all_of(layers, [&](const ConvLayer& layer) {
           return plain(layer.weight) && plain(layer.bias);
         });
}

std::vector<Layer> plan(const Tensor& x, const std::vector<ConvLayer>& layers) {
  std::vector<Layer> planned;
  int64_t rows = x.size(1);
  for (const ConvLayer& layer : layers) rows = planned.emplace_back(layer, rows).results;
  return planned;
}

/// Rows of a sequence with zeros before and after them, where a thread keeps one window.
class Rows {
 public:
  Rows(int64_t front, int64_t rows, int64_t back, int64_t channels)
      : front_(front * channels),
        values_(static_cast<size_t>((front + rows + back) * channels + kSlack)) {}

  float* begin() { return values_.data(); }
  float* inside() { return values_.data() + front_; }
  void clear() { std::ranges::fill(values_, 0.0F); }

 private:
  int64_t front_;
  std::vector<float> values_;
};

Rows input_rows(const Layer& layer) {
  return {layer.front, layer.time, layer.padded - layer.front - layer.time + kOverread,
          layer.filters.channels};
}

/// The largest of each `pool_width` rows of y, and how far down it was.
void max_pool(const Layer& layer, const float* y, float* pooled, uint8_t* offsets,
              std::vector<int32_t>& chosen) {
  const int64_t outputs = layer.filters.outputs;
  chosen.resize(static_cast<size_t>(outputs));
  for (int64_t row = 0; row < layer.results; ++row) {
    simd().largest(y + row * layer.pool_stride * outputs, layer.pool_width, outputs,
                   pooled + row * outputs, chosen.data());
    if (offsets == nullptr) continue;
    std::ranges::transform(chosen, offsets + row * outputs,
                           [](int32_t step) { return static_cast<uint8_t>(step); });
  }
}

/// What a forward pass leaves for the backward pass, and its result.
struct Trace {
  std::vector<Tensor> inputs;   // of each layer but the first, [N, T, C]
  std::vector<Tensor> offsets;  // of each layer that pools, [N, T', O] bytes; else undefined
  Tensor chosen;                // [N, O] steps of the global maximum; else undefined
  Tensor result;
};

class Forward {
 public:
  Forward(const Tensor& x, const std::vector<ConvLayer>& layers, bool global_max, uint64_t seed)
      : x_(x), layers_(plan(x, layers)), global_max_(global_max), seed_(seed) {
    for (const ConvLayer& layer : layers) {
      correlations_.emplace_back(layer.weight.permute({2, 1, 0}), layer.stride);
      biases_.push_back(layer.bias.contiguous());
    }
  }

  /// With `keep`, everything that the backward pass needs.
  Trace run(bool keep) const {
    const int64_t windows = x_.size(0);
    Trace trace;
    for (const Layer& layer : layers_) {
      const bool last = &layer == &layers_.back();
      const std::vector<int64_t> shape{windows, layer.results, layer.filters.outputs};
      trace.offsets.push_back(
          keep && layer.pools() ? at::empty(shape, x_.options().dtype(at::kByte)) : Tensor());
      if (keep && !last) trace.inputs.push_back(at::empty(shape, x_.options()));
      if (last && !global_max_) trace.result = at::empty(shape, x_.options());
      if (last && global_max_) {
        trace.result = at::empty({windows, layer.filters.outputs}, x_.options());
        trace.chosen = at::empty({windows, layer.filters.outputs}, x_.options().dtype(at::kInt));
      }
    }
    at::parallel_for(0, windows, 1, [&](int64_t begin, int64_t end) {
      Workspace space(layers_);
      for (int64_t n = begin; n < end; ++n) run_window(n, trace, space);
    });
    return trace;
  }

 private:
  /// Where a thread keeps a window on its way.
  struct Workspace {
    std::vector<Rows> rows;    // the input of each layer, then the last result
    std::vector<float> steps;  // of a layer that pools
    std::vector<float> scratch;
    std::vector<int32_t> chosen;

    explicit Workspace(const std::vector<Layer>& layers) {
      int64_t most = 0;
      for (const Layer& layer : layers) {
        rows.push_back(input_rows(layer));
        if (layer.pools()) most = std::max(most, layer.steps * layer.filters.outputs);
      }
      rows.emplace_back(0, layers.back().results, 0, layers.back().filters.outputs);
      steps.resize(static_cast<size_t>(most));
    }
  };

  void run_window(int64_t n, Trace& trace, Workspace& space) const {
    std::copy_n(x_.const_data_ptr<float>() + n * layers_[0].input_size(), layers_[0].input_size(),
                space.rows[0].inside());
    for (size_t l = 0; l < layers_.size(); ++l) {
      const Layer& layer = layers_[l];
      float* const result = space.rows[l + 1].inside();
      float* const y = layer.pools() ? space.steps.data() : result;
      const int64_t outputs = layer.filters.outputs;
      correlations_[l].run(space.rows[l].begin(), layer.steps, y, outputs, space.scratch);
      simd().activate(layer.activation, y, layer.steps, outputs, biases_[l].const_data_ptr<float>(),
                      counter_key(seed_, static_cast<uint32_t>(l), static_cast<uint32_t>(n)), 0);
      if (layer.pools()) {
        const Tensor& offsets = trace.offsets[l];
        max_pool(layer, y, result,
                 offsets.defined() ? offsets.mutable_data_ptr<uint8_t>() + n * layer.result_size()
                                   : nullptr,
                 space.chosen);
      }
      if (l < trace.inputs.size()) {
        std::copy_n(result, layer.result_size(),
                    trace.inputs[l].mutable_data_ptr<float>() + n * layer.result_size());
      }
    }
    const Layer& last = layers_.back();
    const float* const y = space.rows.back().inside();
    float* const result = trace.result.mutable_data_ptr<float>();
    if (!global_max_) {
      std::copy_n(y, last.result_size(), result + n * last.result_size());
    } else {
      const int64_t outputs = last.filters.outputs;
      simd().largest(y, last.results, outputs, result + n * outputs,
                     trace.chosen.mutable_data_ptr<int32_t>() + n * outputs);
    }
  }

  Tensor x_;
  std::vector<Layer> layers_;
  bool global_max_;
  uint64_t seed_;
  std::vector<Correlation> correlations_;
  std::vector<Tensor> biases_;
};

/// The sum over runs, first to last; at::sum may group them by the number of threads.
Tensor sum_in_order(const Tensor& runs) {
  Tensor sum = at::zeros(runs.sizes().slice(1), runs.options());
  for (int64_t run = 0; run < runs.size(0); ++run) sum.add_(runs[run]);
  return sum;
}

class Backward {
 public:
  Backward(const Tensor& x, const std::vector<ConvLayer>& layers, const Trace& trace,
           const Tensor& gradient, bool needs_x)
      : x_(x),
        layers_(plan(x, layers)),
        trace_(trace),
        gradient_(gradient.contiguous()),
        needs_x_(needs_x) {
    for (size_t l = 0; l < layers.size(); ++l) {
      const Tensor& weight = layers[l].weight;
      const bool dense = !is_sparse(l);
      inputs_.push_back(dense && needs_input(l)
                            ? std::optional<InputGradient>(std::in_place, weight, layers[l].stride)
                            : std::nullopt);
      taps_.push_back(dense ? Tensor() : weight.permute({0, 2, 1}).contiguous());
    }
  }

  /// Gradients of x (undefined if not asked for), then of each layer's weight and bias.
  variable_list run() const {
    const int64_t windows = x_.size(0);
    const int64_t length = std::max<int64_t>((windows + kMostRuns - 1) / kMostRuns, 1);
    const int64_t runs = (windows + length - 1) / length;
    Tensor x_gradient = needs_x_ ? at::empty_like(x_) : Tensor();
    std::vector<Tensor> weights, biases;
    for (size_t l = 0; l < layers_.size(); ++l) {
      const Filters& f = layers_[l].filters;
      using Shape = std::vector<int64_t>;
      weights.push_back(at::empty(is_sparse(l) ? Shape{runs, f.outputs, f.width, f.channels}
                                               : Shape{runs, f.width, f.channels, f.outputs},
                                  x_.options()));
      biases.push_back(at::zeros({runs, f.outputs}, x_.options()));
    }
    at::parallel_for(0, runs, 1, [&](int64_t begin, int64_t end) {
      Workspace space(*this);
      for (int64_t run = begin; run < end; ++run) {
        for (size_t l = 0; l < layers_.size(); ++l) {
          space.biases[l] = biases[l].mutable_data_ptr<float>() + run * layers_[l].filters.outputs;
        }
        for (int64_t n = run * length; n < std::min(windows, (run + 1) * length); ++n) {
          run_window(n, x_gradient, space);
        }
        for (size_t l = 0; l < layers_.size(); ++l) {
          const Filters& f = layers_[l].filters;
          space.take(l, weights[l].mutable_data_ptr<float>() + run * f.field() * f.outputs);
        }
      }
    });
    variable_list found{x_gradient};
    for (size_t l = 0; l < layers_.size(); ++l) {
      const Tensor sum = sum_in_order(weights[l]);
      found.push_back(
          (is_sparse(l) ? sum.permute({0, 2, 1}) : sum.permute({2, 1, 0})).contiguous());
      found.push_back(sum_in_order(biases[l]));
    }
    return found;
  }

 private:
  /// Where a thread keeps a window on its way back, and the sums of a run.
  struct Workspace {
    std::vector<Rows> inputs;     // of each layer
    std::vector<Rows> gradients;  // of each convolution's steps, gated
    std::vector<Rows> results;    // gradient of the input of each layer, with its zeros
    std::vector<WeightGradient> dense;
    std::vector<Tensor> sparse;  // [O, k, C]; undefined for dense layers
    std::vector<float*> biases;  // [O]
    std::vector<float> gated, scratch;

    explicit Workspace(const Backward& own) : biases(own.layers_.size()) {
      for (size_t l = 0; l < own.layers_.size(); ++l) {
        const Layer& layer = own.layers_[l];
        const Filters& f = layer.filters;
        const int64_t behind = (layer.padded - 1) / f.stride + 1 - layer.steps;
        const bool is_sparse = own.is_sparse(l);
        inputs.push_back(input_rows(layer));
        gradients.emplace_back((f.width - 1) / f.stride, is_sparse ? 0 : layer.steps,
                               behind + kOverread, f.outputs);
        results.emplace_back(layer.front, own.needs_input(l) ? layer.time : 0,
                             layer.padded - layer.front - layer.time, f.channels);
        dense.emplace_back(is_sparse ? Filters{1, 1, 1, 1} : f);
        sparse.push_back(is_sparse ? at::zeros({f.outputs, f.width, f.channels}) : Tensor());
        gated.resize(std::max(gated.size(), static_cast<size_t>(layer.result_size())));
      }
    }

    /// Writes the weight gradient of a run; the sum starts anew.
    void take(size_t l, float* sum) {
      if (!sparse[l].defined()) return dense[l].take(sum);
      std::copy_n(sparse[l].const_data_ptr<float>(), sparse[l].numel(), sum);
      sparse[l].zero_();
    }
  };

  bool needs_input(size_t l) const { return l > 0 || needs_x_; }
  /// Whether the gradient comes through the global maximum straight to the steps of this layer.
  bool is_sparse(size_t l) const {
    return l + 1 == layers_.size() && trace_.chosen.defined() && !layers_[l].pools();
  }

  const float* input(size_t l, int64_t n) const {
    return (l == 0 ? x_ : trace_.inputs[l - 1]).const_data_ptr<float>() +
           n * layers_[l].input_size();
  }
  /// The results of layer l, pooled: the input of the next one.
  const float* result(size_t l, int64_t n) const {
    return l + 1 < layers_.size()
               ? input(l + 1, n)
               : trace_.result.const_data_ptr<float>() + n * layers_[l].result_size();
  }

  void run_window(int64_t n, Tensor& x_gradient, Workspace& space) const {
    for (size_t l = layers_.size(); l-- > 0;) {
      const Layer& layer = layers_[l];
      std::copy_n(input(l, n), layer.input_size(), space.inputs[l].inside());
      if (is_sparse(l)) {
        run_sparse(l, n, space);
      } else {
        gate(l, n, space);
        run_dense(l, space);
      }
    }
    if (needs_x_) {
      std::copy_n(space.results[0].inside(), layers_[0].input_size(),
                  x_gradient.mutable_data_ptr<float>() + n * layers_[0].input_size());
    }
  }

  /// Gradient before the activation of layer l, from that of its results.
  void gate(size_t l, int64_t n, Workspace& space) const {
    const Layer& layer = layers_[l];
    const int64_t outputs = layer.filters.outputs, size = layer.result_size();
    float* const steps = space.gradients[l].inside();
    if (l + 1 == layers_.size() && trace_.chosen.defined()) {
      gate_pooled_maximum(n, space);
      return;
    }
    const float* const gradient = l + 1 < layers_.size()
                                      ? space.results[l + 1].inside()
                                      : gradient_.const_data_ptr<float>() + n * size;
    if (!layer.pools()) {
      simd().gate(layer.activation, result(l, n), gradient, steps, size);
      return;
    }
    simd().gate(layer.activation, result(l, n), gradient, space.gated.data(), size);
    space.gradients[l].clear();
    const uint8_t* const offsets = trace_.offsets[l].const_data_ptr<uint8_t>() + n * size;
    for (int64_t row = 0; row < layer.results; ++row) {
      float* const from = steps + row * layer.pool_stride * outputs;
      for (int64_t o = 0; o < outputs; ++o) {
        from[offsets[row * outputs + o] * outputs + o] +=
            space.gated[static_cast<size_t>(row * outputs + o)];
      }
    }
  }

  /// The same where the last layer pools before the global maximum.
  void gate_pooled_maximum(int64_t n, Workspace& space) const {
    const size_t l = layers_.size() - 1;
    const Layer& layer = layers_[l];
    const int64_t outputs = layer.filters.outputs;
    space.gradients[l].clear();
    simd().gate(layer.activation, trace_.result.const_data_ptr<float>() + n * outputs,
                gradient_.const_data_ptr<float>() + n * outputs, space.gated.data(), outputs);
    for (int64_t o = 0; o < outputs; ++o) {
      const int64_t row = trace_.chosen.const_data_ptr<int32_t>()[n * outputs + o];
      const int64_t offset =
          trace_.offsets[l].const_data_ptr<uint8_t>()[n * layer.result_size() + row * outputs + o];
      space.gradients[l].inside()[(row * layer.pool_stride + offset) * outputs + o] =
          space.gated[static_cast<size_t>(o)];
    }
  }

  void run_dense(size_t l, Workspace& space) const {
    const Layer& layer = layers_[l];
    const float* const gradient = space.gradients[l].inside();
    space.dense[l].add(space.inputs[l].begin(), gradient, layer.steps, space.scratch);
    for (int64_t step = 0; step < layer.steps; ++step) {
      simd().add_scaled(space.biases[l], gradient + step * layer.filters.outputs, 1,
                        layer.filters.outputs);
    }
    if (inputs_[l]) {
      inputs_[l]->run(gradient, layer.padded, space.results[l].begin(), space.scratch);
    }
  }

  void run_sparse(size_t l, int64_t n, Workspace& space) const {
    const Layer& layer = layers_[l];
    const Filters& f = layer.filters;
    simd().gate(layer.activation, trace_.result.const_data_ptr<float>() + n * f.outputs,
                gradient_.const_data_ptr<float>() + n * f.outputs, space.gated.data(), f.outputs);
    if (needs_input(l)) space.results[l].clear();
    for (int64_t o = 0; o < f.outputs; ++o) {
      const float gradient = space.gated[static_cast<size_t>(o)];
      if (gradient == 0.0F) continue;
      const int64_t at =
          trace_.chosen.const_data_ptr<int32_t>()[n * f.outputs + o] * f.stride * f.channels;
      space.biases[l][o] += gradient;
      simd().add_scaled(space.sparse[l].mutable_data_ptr<float>() + o * f.field(),
                        space.inputs[l].begin() + at, gradient, f.field());
      if (needs_input(l)) {
        simd().add_scaled(space.results[l].begin() + at,
                          taps_[l].const_data_ptr<float>() + o * f.field(), gradient, f.field());
      }
    }
  }

  Tensor x_;
  std::vector<Layer> layers_;
  const Trace& trace_;
  Tensor gradient_;
  bool needs_x_;
  std::vector<std::optional<InputGradient>> inputs_;
  std::vector<Tensor> taps_;  // [O, k, C] of the layer under the global maximum
};

/// Everything of a call but its tensors, kept from the forward to the backward pass.
struct Call : torch::CustomClassHolder {
  std::vector<ConvLayer> layers;  // without weight and bias
  bool global_max;
  uint64_t seed;

  Call(std::vector<ConvLayer> all, bool maximum, uint64_t number)
      : layers(std::move(all)), global_max(maximum), seed(number) {
    for (ConvLayer& layer : layers) layer.weight = layer.bias = Tensor();
  }
};

std::vector<ConvLayer> with_parameters(std::vector<ConvLayer> layers, at::TensorList parameters) {
  for (size_t l = 0; l < layers.size(); ++l) {
    layers[l].weight = parameters[2 * l];
    layers[l].bias = parameters[2 * l + 1];
  }
  return layers;
}

/// Gradients that can be differentiated again, from the plain-torch function.
/// The views keep the derivative partial where one input is a function of another.
variable_list differentiable_backward(const Call& call, const variable_list& inputs,
                                      const Tensor& y_gradient) {
  variable_list views;
  variable_list wanted;
  for (const Tensor& input : inputs) {
    views.push_back(input.view_as(input));
    if (input.requires_grad()) wanted.push_back(views.back());
  }
  const Tensor y =
      reference::conv_chain(views[0], with_parameters(call.layers, at::TensorList(views).slice(1)),
                            call.global_max, call.seed);
  const variable_list found =
      torch::autograd::grad({y}, wanted, {y_gradient}, std::nullopt, /*create_graph=*/true);
  variable_list gradients(inputs.size());
  for (size_t input = 0, next = 0; input < inputs.size(); ++input) {
    if (inputs[input].requires_grad()) gradients[input] = found[next++];
  }
  return gradients;
}

class ConvChain : public torch::autograd::Function<ConvChain> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, at::TensorList parameters,
                        const c10::intrusive_ptr<Call>& call) {
    const Trace trace =
        Forward(x, with_parameters(call->layers, parameters), call->global_max, call->seed)
            .run(/*keep=*/true);
    variable_list saved{x};
    saved.insert(saved.end(), parameters.begin(), parameters.end());
    saved.insert(saved.end(), trace.inputs.begin(), trace.inputs.end());
    saved.insert(saved.end(), trace.offsets.begin(), trace.offsets.end());
    saved.push_back(trace.chosen);
    saved.push_back(trace.result);
    context->save_for_backward(saved);
    context->saved_data["call"] = c10::IValue::make_capsule(call);
    return trace.result;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const auto capsule = context->saved_data["call"].toCapsule();
    const auto& call = static_cast<const Call&>(*capsule);
    const size_t layers = call.layers.size();
    const variable_list saved = context->get_saved_variables();
    const auto from = [&](size_t first, size_t count) {
      const auto begin = saved.begin() + static_cast<std::ptrdiff_t>(first);
      return variable_list(begin, begin + static_cast<std::ptrdiff_t>(count));
    };
    variable_list found;
    if (at::GradMode::is_enabled()) {
      found = differentiable_backward(call, from(0, 1 + 2 * layers), gradients[0]);
    } else {
      const Trace trace{from(1 + 2 * layers, layers - 1), from(3 * layers, layers),
                        saved[4 * layers], saved[4 * layers + 1]};
      found = Backward(saved[0], with_parameters(call.layers, from(1, 2 * layers)), trace,
                       gradients[0], context->needs_input_grad(0))
                  .run();
    }
    found.emplace_back();  // of the call
    return found;
  }
};

/// The factors of dropout on y: [N, T, O] that the fast path would apply.
Tensor dropout_factors(const Tensor& y, const Activation& activation, uint64_t seed, size_t layer) {
  const Tensor factors = at::empty(y.sizes(), at::TensorOptions(at::kFloat));
  float* factor = factors.mutable_data_ptr<float>();
  for (int64_t n = 0; n < y.size(0); ++n) {
    const uint32_t key = counter_key(seed, static_cast<uint32_t>(layer), static_cast<uint32_t>(n));
    for (uint32_t i = 0; i < y.size(1) * y.size(2); ++i) {
      *factor++ = counter_hash(i ^ key) >= activation.threshold ? activation.scale : 0.0F;
    }
  }
  return factors.to(y.scalar_type());
}

}  // namespace

Tensor conv_chain(const Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                  uint64_t seed) {
  if (!is_fast(x, layers)) return reference::conv_chain(x, layers, global_max, seed);
  require_shapes(x, layers);
  std::vector<Tensor> parameters;
  bool needs_gradient = x.requires_grad();
  for (const ConvLayer& layer : layers) {
    parameters.push_back(layer.weight);
    parameters.push_back(layer.bias);
    needs_gradient = needs_gradient || layer.weight.requires_grad() || layer.bias.requires_grad();
  }
  if (!needs_gradient || !at::GradMode::is_enabled()) {
    return Forward(x, layers, global_max, seed).run(/*keep=*/false).result;
  }
  return ConvChain::apply(x, at::TensorList(parameters),
                          c10::make_intrusive<Call>(layers, global_max, seed));
}

namespace reference {

Tensor conv_chain(const Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                  uint64_t seed) {
  require_shapes(x, layers);
  Tensor h = x.transpose(1, 2);  // [N, C, T]
  for (size_t l = 0; l < layers.size(); ++l) {
    const ConvLayer& layer = layers[l];
    const Layer sizes(layer, h.size(2));
    if (layer.same) {
      h = at::constant_pad_nd(h, {sizes.front, sizes.padded - sizes.front - sizes.time});
    }
    h = at::conv1d(h, layer.weight, layer.bias, layer.stride);
    h = layer.negative_slope == 0 ? at::relu(h) : at::leaky_relu(h, layer.negative_slope);
    if (layer.dropout > 0) {
      h = h.device().is_cpu()
              ? h * dropout_factors(h.transpose(1, 2), sizes.activation, seed, l).transpose(1, 2)
              : at::dropout(h, layer.dropout, /*train=*/true);
    }
    if (sizes.pools()) h = at::max_pool1d(h, layer.pool_width, layer.pool_stride);
  }
  if (global_max) return std::get<0>(h.max(2));
  return h.transpose(1, 2).contiguous();
}

}  // namespace reference
}  // namespace tacit::kernels
