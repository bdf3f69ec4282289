// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/core/rng.h"
#include "tacit/run/prepare.h"
#include "tacit/run/recipe.h"
#include "tacit/run/results.h"

/// The second axis of a curve: the score against how much encoders learned from without labels.
namespace tacit {

/// What a share of the unlabelled rows amounts to.
struct UnlabelledAmount {
  double share = 1;
  int64_t rows = 0;
  double seconds = 0;  ///< that they cover; 0 where time means nothing
};

/// What cells and encoders of a share are called by, behind the name of the model or method:
/// "@0.1", and "" of all.
std::string share_suffix(double share);

/// The recipe with as many steps on `some` rows as it has on `all`, but for what rounds to a whole
/// epoch: epochs, and those of warm-up, in inverse proportion to the batches of an epoch.
Recipe of_equal_steps(Recipe recipe, int64_t some, int64_t all);

/// The member "unlabelled" of results.json: amounts; scores like those of results, of each
/// self-supervised model and number of labels at each amount; the power laws fitted to them; and,
/// where supervised training was measured, how many labels of it each of them equals. `results`: of
/// the same cells, by summarize().
Json summarize_unlabelled(const Cells& cells, const Json& results,
                          const std::vector<UnlabelledAmount>& amounts, const Prepared& prepared,
                          Metric metric, const Rng& rng);

}  // namespace tacit
