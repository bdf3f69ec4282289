// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

namespace onnx {
class Graph;
struct Value;
}  // namespace onnx

/// How many numbers stand for a category of a column with n codes: min(600, 1.6 n^0.56), rounded;
/// the rule of thumb of fast.ai's tabular models.
int64_t embedding_width(int64_t codes);

/// Encoded rows of a table as numbers for a network. Each number field as its value, 0 where it is
/// missing, a 1 beside it where it is, and its ramps (number_ramps()); each category as a learned
/// vector. All vectors lie in one array and are gathered at once.
class FieldEmbedding final : public torch::nn::Module {
 public:
  /// Throws ConfigError when there are no fields.
  FieldEmbedding(const std::vector<Field>& fields, int64_t bins, const Rng& rng);
  /// x: [N, F] -> [N, width()].
  Tensor forward(const Tensor& x) const;
  /// The same as ONNX operators. x: float32 [batch, F], NaN where a number is missing.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;
  int64_t width() const { return (2 + bins_) * numbers_.numel() + start_.numel(); }

 private:
  int64_t bins_;
  Tensor numbers_;  // [fields that are numbers] int64: which
  Tensor vectors_;  // all vectors of all codes, one after the other
  // For each number of the gathered part: where the vector of code 0 has it, how long vectors are
  // there, and the field, int64 each.
  Tensor start_, stride_, field_;
};

}  // namespace tacit
