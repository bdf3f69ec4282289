// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <vector>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"
#include "tacit/onnx/graph.h"

namespace tacit {

/// Encoded rows of a table as one vector of D numbers a field: the feature tokenizer of Gorishniy
/// et al. 2021, arXiv:2106.11959, section 3.1. Fields that are numbers come first, then the
/// categories, each in the order of the row. A number x gives x w + b, a category its learned
/// vector + b, with a w and a b of each field's own. All vectors lie in one array, those of a field
/// behind those of the one before, and are gathered at once.
///
/// Differs from the paper: where a number is missing the token is m + b with a learned m, and a
/// number may also be given as `bins` ramps, each with a vector that it scales (number_ramps()).
class FieldTokens final : public torch::nn::Module {
 public:
  /// Throws ConfigError when there are no fields.
  FieldTokens(const std::vector<Field>& fields, int64_t width, int64_t bins, const Rng& rng);
  /// x: [N, F] -> [N, F, D].
  Tensor forward(const Tensor& x) const;
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

 private:
  int64_t bins_;
  Tensor numbers_, categories_;  // [fields of the kind] int64: which
  Tensor first_;                 // [categories] int64: where the vectors of each begin
  Tensor scaled_;                // [numbers, 2 + bins, D]: of the value, the mark and each ramp
  Tensor vectors_;               // [codes of all categories, D]
  Tensor bias_;                  // [F, D], numbers first
};

}  // namespace tacit
