// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/field_embedding.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/nn/number_ramps.h"
#include "tacit/onnx/operators.h"

namespace tacit {
int64_t embedding_width(int64_t codes) {
  return std::min<int64_t>(600, std::llround(1.6 * std::pow(static_cast<double>(codes), 0.56)));
}

FieldEmbedding::FieldEmbedding(const std::vector<Field>& fields, int64_t bins, const Rng& rng)
    : bins_(bins) {
  require<ConfigError>(!fields.empty(),
                       "encoders of tables need encoded columns; set data.source = \"table\"");
  std::vector<int64_t> numbers, start, stride, field;
  int64_t size = 0;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].codes == 0) {
      numbers.push_back(static_cast<int64_t>(i));
      continue;
    }
    const int64_t width = embedding_width(fields[i].codes);
    for (int64_t j = 0; j < width; ++j) {
      start.push_back(size + j);
      stride.push_back(width);
      field.push_back(static_cast<int64_t>(i));
    }
    size += width * fields[i].codes;
  }
  const auto whole = [](const std::vector<int64_t>& list) { return at::tensor(list, at::kLong); };
  numbers_ = register_buffer("numbers", whole(numbers));
  start_ = register_buffer("start", whole(start));
  stride_ = register_buffer("stride", whole(stride));
  field_ = register_buffer("field", whole(field));
  // Of about the size of scaled numbers.
  Tensor vectors = at::empty({size});
  Rng draws = rng.stream("vectors");
  for (int64_t i = 0; i < size; ++i)
    vectors.mutable_data_ptr<float>()[i] = static_cast<float>(draws.uniform(-1, 1));
  vectors_ = register_parameter("vectors", vectors);
}

Tensor FieldEmbedding::forward(const Tensor& x) const {
  const Tensor numbers = x.index_select(1, numbers_);  // [N, numbers]
  const Tensor missing = numbers.isnan();
  std::vector<Tensor> parts{numbers.nan_to_num(0), missing.to(vectors_.scalar_type())};
  if (bins_ > 0) parts.push_back(number_ramps(numbers, bins_).flatten(1));
  const Tensor codes = x.index_select(1, field_).to(at::kLong);  // [N, E]
  const Tensor gathered =
      vectors_.index_select(0, (codes * stride_ + start_).flatten()).view_as(codes);
  parts.push_back(gathered);
  return at::cat(parts, 1);
}

onnx::Value FieldEmbedding::emit(onnx::Graph& graph, const onnx::Value& x) const {
  std::vector<onnx::Operand> parts;
  if (numbers_.numel() > 0) {
    const onnx::Value numbers = graph.add("Gather", {x, numbers_}, {{"axis", 1}});
    const onnx::Value missing = graph.add("IsNaN", {numbers});
    parts.emplace_back(graph.add("Where", {missing, 0.0, numbers}));
    parts.emplace_back(onnx::cast(graph, missing, at::kFloat));
    if (bins_ > 0)
      parts.emplace_back(graph.add("Reshape", {emit_number_ramps(graph, numbers, bins_),
                                               onnx::Ints{0, bins_ * numbers_.numel()}}));
  }
  if (start_.numel() > 0) {
    const onnx::Value codes =
        onnx::cast(graph, graph.add("Gather", {x, field_}, {{"axis", 1}}), at::kLong);
    const onnx::Value place = graph.add("Add", {graph.add("Mul", {codes, stride_}), start_});
    parts.emplace_back(graph.add("Gather", {vectors_, place}, {{"axis", 0}}));
  }
  return graph.add("Concat", parts, {{"axis", 1}});
}

}  // namespace tacit
