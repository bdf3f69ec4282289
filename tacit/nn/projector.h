// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// What is normalised between a projector's layers.
enum class ProjectorNormalization { none, batch };
inline std::vector<std::string> names(ProjectorNormalization) { return {"none", "batch"}; }

/// The stack of dense layers between features and an objective on views, thrown away after
/// pre-training: ReLU between layers, none after the last. Without layers it is the identity.
///
/// With batch normalisation each hidden layer is standardised over the batch before ReLU, then
/// scaled and shifted by learned numbers; the batch is that of all processes, also in eval mode, so
/// no running statistics are kept.
class Projector final : public torch::nn::Module {
 public:
  /// `widths`: the outputs of each layer.
  Projector(int64_t features, const std::vector<int64_t>& widths,
            ProjectorNormalization normalization, const Rng& rng);
  /// x: [N, features] -> [N, the last width].
  Tensor forward(const Tensor& x, const Communicator& world) const;

 private:
  struct Layer {
    Tensor weight, bias;  // [out, in], [out]; no bias with normalisation
    Tensor gain, shift;   // [out]; undefined without normalisation and in the last layer
  };
  std::vector<Layer> layers_;
};

}  // namespace tacit
