// SPDX-License-Identifier: Apache-2.0
//
// The chain as one function of autograd, and the same in PyTorch operations. The work is in
// conv_forward.cpp and conv_backward.cpp, on the products of correlation.cpp.
#include "tacit/kernels/conv_chain.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/max_pool1d.h>
#include <ATen/ops/relu.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "tacit/kernels/conv_backward.h"
#include "tacit/kernels/conv_forward.h"
#include "tacit/kernels/counter_hash.h"

namespace tacit::kernels {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool is_fast(const Tensor& x, const std::vector<ConvLayer>& layers) {
  const auto plain = [](const Tensor& t) {
    return t.device().is_cpu() && t.layout() == at::kStrided && t.scalar_type() == at::kFloat;
  };
  return plain(x) && x.is_contiguous() && std::ranges::all_of(layers, [&](const ConvLayer& layer) {
           return plain(layer.weight) && plain(layer.bias);
         });
}

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
    const ConvTrace trace = ConvForward(with_parameters(call->layers, parameters), call->global_max)
                                .trace(x, call->seed);
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
      // Below the first layer that learns nothing is computed: the layers from there on are a chain
      // of their own.
      size_t first = 0;
      while (first + 1 < layers && !context->needs_input_grad(0) &&
             !context->needs_input_grad(1 + 2 * first) &&
             !context->needs_input_grad(2 + 2 * first)) {
        ++first;
      }
      const size_t inputs = 1 + 2 * layers;  // of the layers but the first
      const ConvTrace trace{from(inputs + first, layers - 1 - first),
                            from(3 * layers + first, layers - first), saved[4 * layers],
                            saved[4 * layers + 1]};
      std::vector<ConvLayer> chain = with_parameters(call.layers, from(1, 2 * layers));
      chain.erase(chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(first));
      found = conv_backward(first == 0 ? saved[0] : saved[inputs + first - 1], chain, trace,
                            gradients[0], context->needs_input_grad(0));
      found.insert(found.begin() + 1, 2 * first, Tensor());
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

std::shared_ptr<const ConvFilters> ConvChainCache::filters(const std::vector<ConvLayer>& layers) {
  std::vector<Version> versions;
  for (const ConvLayer& layer : layers) {
    for (const Tensor& tensor : {layer.weight, layer.bias}) {
      // Tensors of inference mode do not count how often they were written to.
      if (tensor.is_inference()) return std::make_shared<ConvFilters>(layers);
      versions.push_back({tensor.detach(), tensor.const_data_ptr(), tensor._version()});
    }
  }
  const auto same = [](const Version& a, const Version& b) {
    return a.data == b.data && a.writes == b.writes && a.tensor.is_alias_of(b.tensor);
  };
  if (!filters_ || !std::ranges::equal(versions, versions_, same)) {
    filters_ = std::make_shared<ConvFilters>(layers);
    versions_ = std::move(versions);
  }
  return filters_;
}

Tensor conv_chain(const Tensor& x, const std::vector<ConvLayer>& layers, bool global_max,
                  uint64_t seed, ConvChainCache* cache) {
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
    const auto filters =
        cache == nullptr ? std::make_shared<ConvFilters>(layers) : cache->filters(layers);
    return ConvForward(layers, global_max, filters).run(x, seed);
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
    const LayerPlan sizes(layer, h.size(2));
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
