// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/inception_score.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/xlogy.h>

#include <cmath>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// p: [n, K] double; `first`: the number of its first row in the message.
void require_probabilities(const Tensor& p, int64_t first) {
  // Comparisons that are false of NaN.
  const Tensor good = p.ge(0).all(1).logical_and((p.sum(1) - 1).abs().le(1e-3));  // [n]
  if (good.all().item<bool>()) return;
  throw DataError(
      text("row {} holds no probabilities that are 0 or more and sum to 1; of a network's outputs "
           "take the softmax first",
           first + good.logical_not().nonzero().select(0, 0).item<int64_t>()));
}

/// Σ p log p, 0 log 0 being 0.
double minus_entropy(const Tensor& p) { return at::xlogy(p, p).sum().item<double>(); }

}  // namespace

InceptionScore inception_score(const Tensor& probabilities, int64_t splits) {
  require<ShapeError>(
      probabilities.dim() == 2 && probabilities.size(0) >= 2 && probabilities.size(1) >= 1,
      "probabilities must be [N, K] with N >= 2 but are {}", probabilities.sizes());
  const int64_t rows = probabilities.size(0);
  require<ConfigError>(splits >= 1 && splits <= rows, "splits must be 1 … {} for {} rows, got {}",
                       rows, rows, splits);
  InceptionScore result;
  for (int64_t i = 0; i < splits; ++i) {
    const int64_t begin = i * rows / splits, end = (i + 1) * rows / splits;
    const Tensor p = probabilities.narrow(0, begin, end - begin).to(at::kDouble);  // [n, K]
    require_probabilities(p, begin);
    // The mean divergence from the mean is the mean's entropy less the mean entropy.
    const double entropy = minus_entropy(p) / static_cast<double>(end - begin);
    result.values.push_back(std::exp(entropy - minus_entropy(p.mean(0))));
  }
  const Tensor values = at::tensor(result.values, at::kDouble);
  result.mean = values.mean().item<double>();
  result.std = values.std(/*unbiased=*/false).item<double>();
  return result;
}

void to_json(Json& json, const InceptionScore& value) {
  json = Json{{"mean", value.mean}, {"std", value.std}, {"values", value.values}};
}

}  // namespace tacit
