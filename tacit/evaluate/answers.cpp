// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/answers.h"

#include <ATen/TensorOperators.h>

#include "tacit/core/error.h"
#include "tacit/evaluate/ridge.h"

namespace tacit {

Tensor probe_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                     LinearProbeConfig config, const Tensor& seen) {
  if (config.standardize && config.standardize_by == Standardize::training) {
    require<ShapeError>(seen.defined(), "a probe: features of the rows of training are not given");
    const auto [mean, scale] = standardisation(seen.to(at::kDouble), config);
    config.standardize = false;
    return probe_answers((x - mean) / scale, y, (asked - mean) / scale, classes, config);
  }
  if (y.is_floating_point()) return fit_ridge(x, y, config).predict(asked);
  return fit_linear_probe(x, y, classes, config).classifier.probabilities(asked);
}

Tensor knn_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                   const KnnConfig& config) {
  if (y.is_floating_point()) return knn_numbers(x, y, asked, config);
  return knn_probabilities(x, y, asked, classes, config);
}

Tensor forest_answers(const Tensor& x, const Tensor& y, const Tensor& asked, int64_t classes,
                      const RandomForestConfig& config, const Rng& rng) {
  if (y.is_floating_point()) return RandomForest::fit_numbers(x, y, config, rng).numbers(asked);
  return RandomForest::fit(x, y, config, rng).probabilities(asked, classes);
}

}  // namespace tacit
