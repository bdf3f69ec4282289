// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "tacit/core/config.h"

namespace tacit {

enum class Algorithm { adam, adamw, sgd };
inline std::vector<std::string> names(Algorithm) { return {"adam", "adamw", "sgd"}; }

struct OptimizerConfig {
  Algorithm name = Algorithm::adam;
  double learning_rate = 3e-4;
  double weight_decay = 0;            ///< on weights (two or more dimensions), never on biases
  double beta1 = 0.9, beta2 = 0.999;  ///< of Adam and AdamW
  double momentum = 0.9;              ///< of SGD
};
template <class Visitor>
void describe(Visitor& visit, OptimizerConfig& config) {
  visit("name", config.name, "update rule");
  visit("learning_rate", config.learning_rate, "peak learning rate", above(0));
  visit("weight_decay", config.weight_decay,
        "L2 penalty (adam, sgd) or decoupled decay (adamw) of weights, never of biases",
        at_least(0));
  visit("beta1", config.beta1, "decay of the mean of gradients (adam, adamw)", between(0, 0.9999));
  visit("beta2", config.beta2, "decay of the mean of squared gradients (adam, adamw)",
        between(0, 0.999999));
  visit("momentum", config.momentum, "of sgd", between(0, 0.9999));
}

/// An update rule over a list of parameters, in LibTorch's fused steps (one pass over parameter,
/// gradient and state), whose state can be saved and put back. Parameters without a gradient are
/// left as they are.
class Optimizer {
 public:
  Optimizer(const OptimizerConfig& config, std::vector<at::Tensor> parameters);

  void zero_grad();
  /// One update at `factor` times the configured learning rate.
  void step(double factor);
  /// Global L2 norm of the gradients, a scalar where they are; not finite if any gradient is not.
  at::Tensor gradient_norm() const;
  /// Scales gradients whose norm is `norm` so that it is at most `limit`; a limit of 0 changes
  /// nothing.
  void clip(double norm, double limit);

  /// Named state tensors, in the order of the parameters. Copies.
  std::map<std::string, at::Tensor> state() const;
  /// Throws StateError when `saved` is not the state of such an optimiser.
  void restore(const std::map<std::string, at::Tensor>& saved);

 private:
  /// Of one parameter, by name, from its first update on: running means or momentum in its shape,
  /// and a count of updates as a float scalar.
  using State = std::map<std::string, at::Tensor>;
  State fresh_state(const at::Tensor& parameter) const;

  OptimizerConfig config_;
  std::vector<at::Tensor> parameters_;
  std::vector<State> states_;  // empty before the first update
};

}  // namespace tacit
