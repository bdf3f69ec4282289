// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {
namespace onnx {
class Graph;
struct Value;
}  // namespace onnx

/// A weight [O, *] that is used divided by its largest singular value, as a matrix of O rows, so
/// that its layer never stretches what it is given. Miyato et al. 2018, "Spectral Normalization for
/// Generative Adversarial Networks", arXiv:1802.05957, algorithm 1.
///
/// The singular value is u' W v. A training step improves the left singular vector u, a buffer, by
/// one power iteration; in eval mode u stays, and v is what belongs to it. Gradients flow through
/// the singular value with u and v as constants.
///
/// Differs from the paper: u starts with 15 iterations behind it, so that a network which has not
/// been trained is already normalised.
class SpectralWeight : public torch::nn::Module {
 public:
  /// Starts Glorot-uniform times `gain`.
  SpectralWeight(at::IntArrayRef shape, double gain, const Rng& rng);
  /// The weight over its singular value, after one power iteration in training mode. [O, *]
  Tensor normalized();
  /// The same as it is in eval mode, without gradient.
  Tensor effective() const;
  /// [] the largest singular value of the weight as u knows it, without gradient.
  Tensor sigma() const;

 private:
  Tensor matrix() const { return weight_.flatten(1); }
  void iterate();

  Tensor weight_;  // [O, *]
  Tensor u_;       // [O], of length 1
};

/// A convolution of hop 1 that keeps height and width, with spectral normalisation.
class SpectralConv2d final : public SpectralWeight {
 public:
  struct Shape {
    int64_t inputs, outputs;
    int64_t kernel;  ///< odd
  };
  SpectralConv2d(const Shape& shape, double gain, const Rng& rng);
  /// x: [N, C, H, W] -> [N, O, H, W].
  Tensor forward(const Tensor& x);
  /// The same as a part of an ONNX graph, in eval mode.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

 private:
  int64_t padding_;
  Tensor bias_;  // [O]
};

/// A dense layer with spectral normalisation.
class SpectralLinear final : public SpectralWeight {
 public:
  SpectralLinear(int64_t inputs, int64_t outputs, const Rng& rng);
  /// x: [N, I] -> [N, O].
  Tensor forward(const Tensor& x);

 private:
  Tensor bias_;  // [O]
};

/// A vector for each class, with spectral normalisation of all together.
class SpectralEmbedding final : public SpectralWeight {
 public:
  SpectralEmbedding(int64_t classes, int64_t features, const Rng& rng);
  /// y: [N] int64 in 0 … classes-1 -> [N, features].
  Tensor forward(const Tensor& y);
};

}  // namespace tacit
