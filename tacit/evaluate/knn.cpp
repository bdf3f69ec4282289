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

/// Calls visit(begin, nearest rows, their weights) for rows begin … of x; [n, k] both, a row's
/// weights sum to 1.
template <class Visit>
void each_neighbours(const Tensor& labelled_x, const Tensor& x, const KnnConfig& config,
                     const Visit& visit) {
  require<ShapeError>(x.dim() == 2 && x.size(1) == labelled_x.size(1),
                      "the labelled rows are {} but x is {}", labelled_x.sizes(), x.sizes());
  const Tensor bank = unit_rows(labelled_x.to(at::kFloat)).t();  // [D, M]
  const int64_t k = std::min(config.k, bank.size(1));
  for (int64_t begin = 0; begin < x.size(0); begin += kChunk) {
    const int64_t count = std::min(kChunk, x.size(0) - begin);
    const Tensor rows = unit_rows(x.narrow(0, begin, count).to(at::kFloat));  // [n, D]
    const auto [cosine, index] = at::topk(rows.mm(bank), k, 1);  // [n, k], nearest first
    // Relative to the nearest, so that a small temperature does not overflow.
    const Tensor weight = ((cosine - cosine.narrow(1, 0, 1)) / config.temperature).exp();
    visit(begin, index, weight / weight.sum(1, true));
  }
}

}  // namespace

Tensor knn_probabilities(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                         int64_t classes, const KnnConfig& config) {
  require_labelled(labelled_x, labelled_y, classes, "nearest neighbours");
  const Tensor y = labelled_y.to(at::kLong);
  Tensor votes = at::zeros({x.size(0), classes}, at::kFloat);  // [N, K]
  each_neighbours(labelled_x, x, config, [&](int64_t begin, const Tensor& index, const Tensor& w) {
    const Tensor label = y.index_select(0, index.view({-1})).view_as(index);
    votes.narrow(0, begin, index.size(0)).scatter_add_(1, label, w);
  });
  return votes;
}

Tensor knn_numbers(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                   const KnnConfig& config) {
  require_numbers(labelled_x, labelled_y, "nearest neighbours");
  const Tensor y = labelled_y.to(at::kFloat);
  Tensor told = at::zeros({x.size(0)}, at::kFloat);  // [N]
  each_neighbours(labelled_x, x, config, [&](int64_t begin, const Tensor& index, const Tensor& w) {
    const Tensor near = y.index_select(0, index.view({-1})).view_as(index);
    told.narrow(0, begin, index.size(0)).copy_((near * w).sum(1));
  });
  return told;
}

Tensor knn_predict(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                   int64_t classes, const KnnConfig& config) {
  return knn_probabilities(labelled_x, labelled_y, x, classes, config).argmax(1);
}

}  // namespace tacit
