// SPDX-License-Identifier: Apache-2.0
//
// Threads share the windows, each taken through all layers before the next. A dropped element is
// known by its zero. Weight gradients are summed over runs of windows whose length depends on N
// alone, and then over the runs in order: the same bits for any number of threads. Through the
// global maximum only O of the T' O gradients of a window differ from 0, and each costs a row of x
// and a row of W instead of a share of a matrix product.
#include "tacit/kernels/conv_backward.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "tacit/kernels/simd.h"

namespace tacit::kernels {
namespace {

using at::Tensor;

constexpr int64_t kMostRuns = 32;  // of windows whose weight gradients are summed together

/// The sum over runs, first to last; at::sum may group them by the number of threads.
Tensor sum_in_order(const Tensor& runs) {
  Tensor sum = at::zeros(runs.sizes().slice(1), runs.options());
  for (int64_t run = 0; run < runs.size(0); ++run) sum.add_(runs[run]);
  return sum;
}

class Backward {
 public:
  Backward(const Tensor& x, const std::vector<ConvLayer>& layers, const ConvTrace& trace,
           const Tensor& gradient, bool needs_x)
      : x_(x),
        layers_(plan_layers(x.size(1), layers)),
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
  std::vector<Tensor> run() const {
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
    std::vector<Tensor> found{x_gradient};
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
        const LayerPlan& layer = own.layers_[l];
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
      const LayerPlan& layer = layers_[l];
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
    const LayerPlan& layer = layers_[l];
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
    const LayerPlan& layer = layers_[l];
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
    const LayerPlan& layer = layers_[l];
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
    const LayerPlan& layer = layers_[l];
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
  std::vector<LayerPlan> layers_;
  const ConvTrace& trace_;
  Tensor gradient_;
  bool needs_x_;
  std::vector<std::optional<InputGradient>> inputs_;
  std::vector<Tensor> taps_;  // [O, k, C] of the layer under the global maximum
};

}  // namespace

std::vector<Tensor> conv_backward(const Tensor& x, const std::vector<ConvLayer>& layers,
                                  const ConvTrace& trace, const Tensor& gradient, bool needs_x) {
  return Backward(x, layers, trace, gradient, needs_x).run();
}

}  // namespace tacit::kernels
