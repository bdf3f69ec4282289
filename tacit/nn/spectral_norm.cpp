// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/spectral_norm.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "tacit/nn/initialize.h"
#include "tacit/onnx/graph.h"

namespace tacit {
namespace {

constexpr double kEpsilon = 1e-12;  // the least length or singular value that divides
constexpr int64_t kFirstIterations = 15;

Tensor unit(const Tensor& x) { return x / x.norm().clamp_min(kEpsilon); }

}  // namespace

SpectralWeight::SpectralWeight(at::IntArrayRef shape, double gain, const Rng& rng) {
  weight_ = register_parameter("weight", at::empty(shape));
  u_ = register_buffer("u", at::empty({shape[0]}));
  const c10::AutoGradMode no_grad(false);
  const int64_t receptive = weight_.numel() / (shape[0] * shape[1]);
  glorot_uniform(weight_, shape[1] * receptive, shape[0] * receptive, rng.stream("weight"));
  weight_.mul_(gain);
  Rng draws = rng.stream("u");
  for (int64_t i = 0; i < shape[0]; ++i)
    u_.mutable_data_ptr<float>()[i] = static_cast<float>(draws.normal());
  for (int64_t i = 0; i < kFirstIterations; ++i) iterate();
}

void SpectralWeight::iterate() {
  const c10::AutoGradMode no_grad(false);
  u_.copy_(unit(at::mv(matrix(), unit(at::mv(matrix().t(), u_)))));
}

Tensor SpectralWeight::normalized() {
  Tensor u, v;  // [O], [I]
  {
    const c10::AutoGradMode no_grad(false);
    v = unit(at::mv(matrix().t(), u_));
    if (is_training()) u_.copy_(unit(at::mv(matrix(), v)));
    u = u_.clone();  // the graph keeps it, the next step moves the buffer
  }
  return weight_ / at::dot(u, at::mv(matrix(), v)).clamp_min(kEpsilon);
}

Tensor SpectralWeight::sigma() const {
  const c10::AutoGradMode no_grad(false);
  return at::mv(matrix().t(), u_).norm();  // u' W v, with v = W' u over its length
}

Tensor SpectralWeight::effective() const { return weight_.detach() / sigma().clamp_min(kEpsilon); }

SpectralConv2d::SpectralConv2d(const Shape& shape, double gain, const Rng& rng)
    : SpectralWeight({shape.outputs, shape.inputs, shape.kernel, shape.kernel}, gain, rng),
      padding_(shape.kernel / 2) {
  bias_ = register_parameter("bias", at::zeros({shape.outputs}));
}

Tensor SpectralConv2d::forward(const Tensor& x) {
  return at::conv2d(x, normalized(), bias_, /*stride=*/1, padding_);
}

onnx::Value SpectralConv2d::emit(onnx::Graph& graph, const onnx::Value& x) const {
  return graph.add("Conv", {x, effective(), bias_},
                   {{"pads", onnx::Ints{padding_, padding_, padding_, padding_}}});
}

SpectralLinear::SpectralLinear(int64_t inputs, int64_t outputs, const Rng& rng)
    : SpectralWeight({outputs, inputs}, /*gain=*/1, rng) {
  bias_ = register_parameter("bias", at::zeros({outputs}));
}

Tensor SpectralLinear::forward(const Tensor& x) { return at::linear(x, normalized(), bias_); }

SpectralEmbedding::SpectralEmbedding(int64_t classes, int64_t features, const Rng& rng)
    : SpectralWeight({classes, features}, /*gain=*/1, rng) {}

Tensor SpectralEmbedding::forward(const Tensor& y) { return at::embedding(normalized(), y); }

}  // namespace tacit
