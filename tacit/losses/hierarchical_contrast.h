// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

struct HierarchicalContrastConfig {
  double instance_weight = 0.5;  ///< of telling rows apart; the rest is for telling steps apart
  int64_t temporal_unit = 0;     ///< the first level where steps are told apart
};
template <class Visitor>
void describe(Visitor& visit, HierarchicalContrastConfig& config) {
  visit("instance_weight", config.instance_weight,
        "of telling windows apart; telling time steps apart weighs the rest", between(0, 1));
  visit("temporal_unit", config.temporal_unit,
        "time steps are told apart in blocks of 2^temporal_unit samples and more; memory for it "
        "grows with the square of their number",
        between(0, 20));
}

/// The hierarchical contrastive loss: Yue et al. 2022, "TS2Vec: Towards Universal Representation of
/// Time Series", arXiv:2106.10466, equations 1 to 3 and algorithm 1.
///
/// a, b: [N, T, D], two views of the same T steps of N rows; N may differ between processes. Each
/// step of a view must pick out the same step of the other view, by their inner product: among all
/// steps of both views of its row ("temporal"), and among the same step of both views of all rows
/// ("instance"), those of all processes. Then the larger of each two neighbouring steps is taken,
/// and again, down to one step. Means over steps, rows of this process, views and levels; a row
/// alone costs nothing in "instance", a step alone nothing in "temporal".
///
/// The sum is weighted as in the authors' code, by instance_weight and 1 - instance_weight, where
/// the paper adds both: half of that by default. A step left over when T is odd is dropped. Parts,
/// before weighting: "instance" and "temporal". Throws ShapeError unless a and b have one such
/// shape, T >= 1.
Loss hierarchical_contrast(const Tensor& a, const Tensor& b,
                           const HierarchicalContrastConfig& config, const Communicator& world);

}  // namespace tacit
