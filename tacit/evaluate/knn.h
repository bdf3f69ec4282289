// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/config.h"
#include "tacit/core/spec.h"

namespace tacit {

struct KnnConfig {
  int64_t k = 20;
  double temperature = 0.07;
};
template <class Visitor>
void describe(Visitor& visit, KnnConfig& config) {
  visit("k", config.k, "nearest rows that vote; all rows when there are fewer", at_least(1));
  visit("temperature", config.temperature, "a neighbour votes with exp(cosine / temperature)",
        above(0));
}

/// Each class's share of the votes of the k labelled rows with the largest cosine to a row; a
/// neighbour's vote weighs exp(cosine / temperature). With fewer than k labelled rows all vote. A
/// zero vector has cosine 0 to everything.
/// labelled_x: [M, D]; labelled_y: [M], 0 … classes-1; x: [N, D] -> [N, K] float32, rows sum to 1.
/// Worked through in chunks: memory grows with M, not with N · M. Throws as require_labelled does,
/// and ShapeError when the widths differ. Wu et al. 2018, arXiv:1805.01978, section 3.4.
Tensor knn_probabilities(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                         int64_t classes, const KnnConfig& config = {});

/// The class with most votes, the lowest of equals. Shapes and errors as knn_probabilities; -> [N]
/// int64.
Tensor knn_predict(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                   int64_t classes, const KnnConfig& config = {});

/// The same for labels that are numbers: the mean over the neighbours, weighted as they vote.
/// labelled_y: [M] float; -> [N] float32. Throws as require_numbers does, and ShapeError when the
/// widths differ.
Tensor knn_numbers(const Tensor& labelled_x, const Tensor& labelled_y, const Tensor& x,
                   const KnnConfig& config = {});

}  // namespace tacit
