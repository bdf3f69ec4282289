// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/field_tokens.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tacit/nn/number_ramps.h"
#include "tacit/onnx/operators.h"

namespace tacit {
namespace {

/// Uniform in ± 1 / sqrt(D), as the authors start theirs.
Tensor start(at::IntArrayRef shape, Rng rng) {
  Tensor values = at::empty(shape);
  const double bound = 1 / std::sqrt(static_cast<double>(shape.back()));
  auto* out = values.mutable_data_ptr<float>();
  for (int64_t i = 0; i < values.numel(); ++i)
    out[i] = static_cast<float>(rng.uniform(-bound, bound));
  return values;
}

}  // namespace

FieldTokens::FieldTokens(const std::vector<Field>& fields, int64_t width, int64_t bins,
                         const Rng& rng)
    : bins_(bins) {
  require<ConfigError>(!fields.empty(),
                       "encoders of tables need encoded columns; set data.source = \"table\"");
  std::vector<int64_t> numbers, categories, first;
  int64_t codes = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto place = static_cast<int64_t>(i);
    if (fields[i].codes == 0) {
      numbers.push_back(place);
      continue;
    }
    categories.push_back(place);
    first.push_back(codes);
    codes += fields[i].codes;
  }
  const auto whole = [](const std::vector<int64_t>& list) { return at::tensor(list, at::kLong); };
  numbers_ = register_buffer("numbers", whole(numbers));
  categories_ = register_buffer("categories", whole(categories));
  first_ = register_buffer("first", whole(first));
  // A kind that no field is of has no array: a parameter without numbers could not learn.
  if (!numbers.empty())
    scaled_ = register_parameter("scaled",
                                 start({numbers_.numel(), 2 + bins, width}, rng.stream("scaled")));
  if (!categories.empty())
    vectors_ = register_parameter("vectors", start({codes, width}, rng.stream("vectors")));
  bias_ = register_parameter(
      "bias", start({static_cast<int64_t>(fields.size()), width}, rng.stream("bias")));
}

Tensor FieldTokens::forward(const Tensor& x) const {
  std::vector<Tensor> tokens;
  if (scaled_.defined()) {
    const Tensor numbers = x.index_select(1, numbers_);
    const Tensor value = numbers.unsqueeze(2);  // [N, numbers, 1]
    std::vector<Tensor> parts{value.nan_to_num(0), value.isnan().to(x.scalar_type())};
    if (bins_ > 0) parts.push_back(number_ramps(numbers, bins_));
    // One product of matrices a field.
    tokens.push_back(at::matmul(at::cat(parts, 2).transpose(0, 1), scaled_).transpose(0, 1));
  }
  if (vectors_.defined()) {
    const Tensor codes = x.index_select(1, categories_).to(at::kLong) + first_;
    tokens.push_back(vectors_.index_select(0, codes.flatten())
                         .view({x.size(0), codes.size(1), vectors_.size(1)}));
  }
  return at::cat(tokens, 1) + bias_;
}

onnx::Value FieldTokens::emit(onnx::Graph& graph, const onnx::Value& x) const {
  std::vector<onnx::Operand> tokens;
  if (scaled_.defined()) {
    const onnx::Value numbers = graph.add("Gather", {x, numbers_}, {{"axis", 1}});
    const onnx::Value value = graph.add("Unsqueeze", {numbers, onnx::Ints{2}});
    const onnx::Value missing = graph.add("IsNaN", {value});
    std::vector<onnx::Operand> parts{graph.add("Where", {missing, 0.0, value}),
                                     onnx::cast(graph, missing, at::kFloat)};
    if (bins_ > 0) parts.emplace_back(emit_number_ramps(graph, numbers, bins_));
    const onnx::Attributes turned{{"perm", onnx::Ints{1, 0, 2}}};
    const onnx::Value by_field =
        graph.add("Transpose", {graph.add("Concat", parts, {{"axis", 2}})}, turned);
    tokens.emplace_back(graph.add("Transpose", {graph.add("MatMul", {by_field, scaled_})}, turned));
  }
  if (vectors_.defined()) {
    const onnx::Value codes =
        onnx::cast(graph, graph.add("Gather", {x, categories_}, {{"axis", 1}}), at::kLong);
    tokens.emplace_back(
        graph.add("Gather", {vectors_, graph.add("Add", {codes, first_})}, {{"axis", 0}}));
  }
  return graph.add("Add", {graph.add("Concat", tokens, {{"axis", 1}}), bias_});
}

}  // namespace tacit
