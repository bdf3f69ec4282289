// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/knn.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/topk.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "tacit/evaluate/labelled.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 1024;  // rows compared with all labelled rows at a time

Tensor unit_rows(const Tensor& x) { return x / x.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-12); }

}  // namespace

Tensor knn_probabilities(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                         int64_t classes, const KnnConfig& config) {
  require_labelled(labelled_x, labelled_y, classes, "nearest neighbours");
  require<ShapeError>(x.dim() == 2 && x.size(1) == labelled_x.size(1),
                      "the labelled rows are {} but x is {}", labelled_x.sizes(), x.sizes());
  const Tensor bank = unit_rows(labelled_x.to(at::kFloat)).t();  // [D, M]
  const int64_t k = std::min(config.k, bank.size(1));
  Tensor votes = at::zeros({x.size(0), classes}, bank.options());  // [N, K]
  for (int64_t begin = 0; begin < x.size(0); begin += kChunk) {
    const int64_t count = std::min(kChunk, x.size(0) - begin);
    const Tensor rows = unit_rows(x.narrow(0, begin, count).to(at::kFloat));  // [n, D]
    const auto [cosine, index] = at::topk(rows.mm(bank), k, 1);  // [n, k], nearest first
    // Relative to the nearest, so that a small temperature does not overflow.
    const Tensor weight = ((cosine - cosine.narrow(1, 0, 1)) / config.temperature).exp();
    const Tensor label = labelled_y.to(at::kLong).index_select(0, index.view({-1})).view_as(index);
    votes.narrow(0, begin, count).scatter_add_(1, label, weight / weight.sum(1, true));
  }
  return votes;
}

Tensor knn_predict(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                   int64_t classes, const KnnConfig& config) {
  return knn_probabilities(labelled_x, labelled_y, x, classes, config).argmax(1);
}

}  // namespace tacit
