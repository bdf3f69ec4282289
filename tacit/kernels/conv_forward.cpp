// SPDX-License-Identifier: Apache-2.0
//
// Threads share the windows, and a thread takes one window through all layers before the next, so
// that its activations stay in the second-level cache; what is kept for the backward pass is the
// input of each layer and nothing else. Dropout is drawn from a counter. With fewer windows than
// threads, and nothing to keep, each window is cut in time: a slice needs as many rows more than it
// has steps as the layers' filters are wide together.
#include "tacit/kernels/conv_forward.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <utility>

#include "tacit/kernels/counter_hash.h"
#include "tacit/kernels/simd.h"

namespace tacit::kernels {
namespace {

using at::Tensor;

/// Slices begin and their layers end at multiples of this many steps: the fast FIR algorithm then
/// takes the same steps together as without slices, and the bits are the same.
constexpr int64_t kSliceUnit = 16;

int64_t whole_units(int64_t steps) { return (steps + kSliceUnit - 1) / kSliceUnit * kSliceUnit; }

/// The largest of each `pool_width` rows of y, and how far down it was.
void max_pool(const LayerPlan& layer, const float* y, float* pooled, uint8_t* offsets,
              std::vector<int32_t>& chosen) {
  const int64_t outputs = layer.filters.outputs;
  for (int64_t row = 0; row < layer.results; ++row) {
    simd().largest(y + row * layer.pool_stride * outputs, layer.pool_width, outputs,
                   pooled + row * outputs, chosen.data());
    if (offsets == nullptr) continue;
    std::ranges::transform(chosen.begin(), chosen.begin() + outputs, offsets + row * outputs,
                           [](int32_t step) { return static_cast<uint8_t>(step); });
  }
}

}  // namespace

/// Where a thread keeps a window on its way.
struct ConvForward::Workspace {
  std::vector<Rows> rows;    // the input of each layer, then the last result
  std::vector<float> steps;  // of a layer that pools
  std::vector<float> scratch;
  std::vector<int32_t> chosen;

  explicit Workspace(const std::vector<LayerPlan>& plan) {
    int64_t most = 0, widest = 0;
    for (const LayerPlan& layer : plan) {
      rows.push_back(input_rows(layer));
      widest = std::max(widest, layer.filters.outputs);
      if (layer.pools()) most = std::max(most, layer.steps * layer.filters.outputs);
    }
    rows.emplace_back(0, plan.back().results, 0, plan.back().filters.outputs);
    steps.resize(static_cast<size_t>(most));
    chosen.resize(static_cast<size_t>(widest));
  }

  float* result() { return rows.back().inside(); }
};

ConvFilters::ConvFilters(const std::vector<ConvLayer>& layers) {
  for (const ConvLayer& layer : layers) {
    correlations.emplace_back(layer.weight.detach().permute({2, 1, 0}), layer.stride);
    biases.push_back(layer.bias.detach().clone());
  }
}

ConvForward::ConvForward(const std::vector<ConvLayer>& layers, bool global_max,
                         std::shared_ptr<const ConvFilters> filters)
    : layers_(layers), global_max_(global_max), filters_(std::move(filters)) {}

ConvTrace ConvForward::trace(const Tensor& x, uint64_t seed) const {
  const std::vector<LayerPlan> plan = plan_layers(x.size(1), layers_);
  const int64_t windows = x.size(0), outputs = plan.back().filters.outputs;
  ConvTrace trace;
  for (const LayerPlan& layer : plan) {
    const std::vector<int64_t> shape{windows, layer.results, layer.filters.outputs};
    trace.offsets.push_back(layer.pools() ? at::empty(shape, x.options().dtype(at::kByte))
                                          : Tensor());
    if (&layer != &plan.back()) trace.inputs.push_back(at::empty(shape, x.options()));
  }
  if (global_max_) {
    trace.chosen = at::empty({windows, outputs}, x.options().dtype(at::kInt));
    trace.result = at::empty({windows, outputs}, x.options());
  } else {
    trace.result = at::empty({windows, plan.back().results, outputs}, x.options());
  }
  run_windows(x, plan, seed, trace);
  return trace;
}

Tensor ConvForward::run(const Tensor& x, uint64_t seed) const {
  const std::vector<LayerPlan> plan = plan_layers(x.size(1), layers_);
  const int64_t count = slices(x, plan);
  if (count > 1) return run_slices(x, plan, count);
  const int64_t windows = x.size(0), outputs = plan.back().filters.outputs;
  ConvTrace trace;
  trace.offsets.resize(plan.size());
  trace.result = global_max_ ? at::empty({windows, outputs}, x.options())
                             : at::empty({windows, plan.back().results, outputs}, x.options());
  run_windows(x, plan, seed, trace);
  return trace.result;
}

/// In how many slices to cut a window; 1 where they could change the result.
int64_t ConvForward::slices(const Tensor& x, const std::vector<LayerPlan>& plan) const {
  const int64_t windows = x.size(0), threads = at::get_num_threads();
  if (windows == 0 || windows >= threads || at::in_parallel_region()) return 1;
  const bool can = std::ranges::all_of(layers_, [](const ConvLayer& layer) {
    return layer.stride == 1 && !layer.same && layer.dropout == 0 && layer.pool_width == 1 &&
           layer.pool_stride == 1;
  });
  if (!can || !simd().is_finite(x.const_data_ptr<float>(), x.numel())) return 1;
  // No shorter than the rows that a slice needs besides its own.
  const int64_t steps = plan.back().steps, margin = x.size(1) - steps;
  return std::clamp<int64_t>(steps / std::max(margin, kSliceUnit), 1, threads / windows);
}

Tensor ConvForward::run_slices(const Tensor& x, const std::vector<LayerPlan>& plan,
                               int64_t slices) const {
  const int64_t windows = x.size(0), steps = plan.back().steps;
  const int64_t outputs = plan.back().filters.outputs;
  const int64_t length = whole_units((steps + slices - 1) / slices);
  const int64_t pieces = (steps + length - 1) / length;
  int64_t rows = length;  // of x that a slice sees
  for (size_t l = plan.size(); l-- > 0;) rows = whole_units(rows) + plan[l].filters.width - 1;
  const Tensor found = at::empty({windows, global_max_ ? pieces : steps, outputs}, x.options());
  at::parallel_for(0, windows * pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t n = task / pieces, first = task % pieces * length;
      const int64_t own = std::min(length, steps - first);
      const std::vector<LayerPlan> piece = plan_layers(std::min(rows, x.size(1) - first), layers_);
      Workspace space(piece);
      run_layers(x.const_data_ptr<float>() + (n * x.size(1) + first) * x.size(2), piece, 0, n, {},
                 space);
      float* const to = found.mutable_data_ptr<float>();
      if (global_max_) {
        simd().largest(space.result(), own, outputs, to + task * outputs, space.chosen.data());
      } else {
        std::copy_n(space.result(), own * outputs, to + (n * steps + first) * outputs);
      }
    }
  });
  if (!global_max_) return found;
  const Tensor result = at::empty({windows, outputs}, x.options());
  std::vector<int32_t> chosen(static_cast<size_t>(outputs));
  for (int64_t n = 0; n < windows; ++n) {
    simd().largest(found.const_data_ptr<float>() + n * pieces * outputs, pieces, outputs,
                   result.mutable_data_ptr<float>() + n * outputs, chosen.data());
  }
  return result;
}

void ConvForward::run_windows(const Tensor& x, const std::vector<LayerPlan>& plan, uint64_t seed,
                              const ConvTrace& trace) const {
  const LayerPlan& last = plan.back();
  const int64_t outputs = last.filters.outputs;
  at::parallel_for(0, x.size(0), 1, [&](int64_t begin, int64_t end) {
    Workspace space(plan);
    for (int64_t n = begin; n < end; ++n) {
      run_layers(x.const_data_ptr<float>() + n * plan[0].input_size(), plan, seed, n, trace, space);
      float* const result = trace.result.mutable_data_ptr<float>();
      if (global_max_) {
        simd().largest(space.result(), last.results, outputs, result + n * outputs,
                       trace.chosen.defined()
                           ? trace.chosen.mutable_data_ptr<int32_t>() + n * outputs
                           : space.chosen.data());
      } else {
        std::copy_n(space.result(), last.result_size(), result + n * last.result_size());
      }
    }
  });
}

/// Window n through all layers, into the workspace's result.
void ConvForward::run_layers(const float* x, const std::vector<LayerPlan>& plan, uint64_t seed,
                             int64_t n, const ConvTrace& trace, Workspace& space) const {
  std::copy_n(x, plan[0].input_size(), space.rows[0].inside());
  for (size_t l = 0; l < plan.size(); ++l) {
    const LayerPlan& layer = plan[l];
    float* const result = space.rows[l + 1].inside();
    float* const y = layer.pools() ? space.steps.data() : result;
    const int64_t outputs = layer.filters.outputs;
    filters_->correlations[l].run(space.rows[l].begin(), layer.steps, y, outputs, space.scratch);
    simd().activate(layer.activation, y, layer.steps, outputs,
                    filters_->biases[l].const_data_ptr<float>(),
                    counter_key(seed, static_cast<uint32_t>(l), static_cast<uint32_t>(n)), 0);
    if (layer.pools()) {
      const bool keeps = l < trace.offsets.size() && trace.offsets[l].defined();
      max_pool(
          layer, y, result,
          keeps ? trace.offsets[l].mutable_data_ptr<uint8_t>() + n * layer.result_size() : nullptr,
          space.chosen);
    }
    if (l < trace.inputs.size()) {
      std::copy_n(result, layer.result_size(),
                  trace.inputs[l].mutable_data_ptr<float>() + n * layer.result_size());
    }
  }
}

}  // namespace tacit::kernels
