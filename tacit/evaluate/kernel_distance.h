// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// The squared maximum mean discrepancy of two sets of features with the kernel
/// k(x, y) = (x · y / D + 1)³, without bias: the mean of k over pairs of different real rows, plus
/// that of generated rows, minus twice that of one real and one generated row. Near 0, and as often
/// below as above, where both sets come from one distribution.
/// real: [N, D], generated: [M, D], in double precision on generated's device; memory grows with
/// N + M. Throws as require_feature_sets. Bińkowski et al. 2018, arXiv:1801.01401.
double polynomial_mmd(const Tensor& real, const Tensor& generated);

struct KernelDistanceConfig {
  int64_t subsets = 10;
  int64_t subset_size = 0;  ///< rows of each set; 0: those of the smaller set / subsets
};
template <class Visitor>
void describe(Visitor& visit, KernelDistanceConfig& config) {
  visit("subsets", config.subsets, "pairs of subsets whose distances are averaged", at_least(1));
  visit("subset_size", config.subset_size,
        "rows of a subset, 2 at least; 0: those of the smaller set divided by subsets",
        at_least(0));
}

struct KernelDistance {
  double mean = 0;
  double std = 0;              ///< over the subsets, denominator their number
  std::vector<double> values;  ///< one a subset
};
void to_json(Json&, const KernelDistance&);

/// polynomial_mmd of subsets of the two sets, each drawn at random without replacement,
/// independently of the other subsets, which it may overlap. On Inception-v3's pool features this
/// is KID. The draws depend on rng and the numbers of rows only. Throws as require_feature_sets,
/// and ConfigError when a subset has fewer than 2 rows or more than a set has.
KernelDistance kernel_distance(const Tensor& real, const Tensor& generated, const Rng& rng,
                               const KernelDistanceConfig& config = {});

}  // namespace tacit
