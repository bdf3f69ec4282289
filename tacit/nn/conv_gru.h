// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// Fills `weight` [O, *] with rows of length 1 at right angles to each other, as a matrix of O
/// rows; with columns so where there are fewer of them. Uniform among such matrices. Saxe,
/// McClelland & Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear
/// neural networks", arXiv:1312.6120.
void orthogonal(Tensor& weight, Rng rng);

/// What a gated unit of maps is made of.
struct ConvGruShape {
  int64_t inputs;      ///< channels I of what comes in
  int64_t hidden;      ///< channels D of the state
  int64_t kernel = 1;  ///< pixels, odd
};

/// A gated recurrent unit whose numbers are maps and whose products are convolutions that keep
/// height and width: Ballas, Yao, Pal & Courville 2016, "Delving Deeper into Convolutional Networks
/// for Learning Video Representations", arXiv:1511.06432, section 3.1. With [a, b] channels
/// side by side and * a convolution, * of gates element by element:
///
///     update  u = sigmoid(conv_u([x, h]))
///     reset   r = sigmoid(conv_r([x, h]))
///     change  c = tanh(conv_c([x, r h]))
///     new     h' = (1 - u) h + u c
///
/// Weights start orthogonal, each gate's by itself, and biases at 0.
class ConvGru final : public torch::nn::Module {
 public:
  /// Throws ConfigError for a kernel that is not odd.
  ConvGru(const ConvGruShape& shape, const Rng& rng);
  /// A state of zeros for maps x: [N, I, H, W] -> [N, D, H, W].
  Tensor start(const Tensor& x) const;
  /// One step of the cell. x: [N, I, H, W], state: [N, D, H, W] -> [N, D, H, W].
  Tensor step(const Tensor& x, const Tensor& state) const;
  /// The layer: the states after each step, from zeros. x: [N, T, I, H, W] -> [N, T, D, H, W].
  Tensor forward(const Tensor& x) const;

 private:
  int64_t hidden_;
  Tensor gates_weight_, gates_bias_;    // [2 D, I + D, k, k], [2 D]: update, reset
  Tensor change_weight_, change_bias_;  // [D, I + D, k, k], [D]
};

}  // namespace tacit
