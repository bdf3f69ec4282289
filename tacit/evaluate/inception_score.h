// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/spec.h"

namespace tacit {

struct InceptionScore {
  double mean = 0;
  double std = 0;              ///< over the splits, denominator their number
  std::vector<double> values;  ///< one a split
};
void to_json(Json&, const InceptionScore&);

/// exp of the mean over generated samples of KL(p(y|x) ‖ p(y)), where p(y) is the mean of p(y|x):
/// between 1, when every sample looks like the same mixture of classes, and K, when each looks like
/// one class and all classes are equally frequent. Computed for each of `splits` parts of
/// consecutive rows, i N / splits … (i + 1) N / splits - 1 rounded down; so the samples' order must
/// mean nothing. A probability of 0 adds nothing. The name belongs to Inception-v3's probabilities;
/// call that of another classifier something else.
/// probabilities: [N, K], rows sum to 1, on any device; in double precision. Throws ShapeError for
/// another shape or fewer than 2 rows, ConfigError unless splits is 1 … N, and DataError when a row
/// holds no probabilities. Salimans et al. 2016, arXiv:1606.03498, section 4.
InceptionScore inception_score(const Tensor& probabilities, int64_t splits = 10);

}  // namespace tacit
