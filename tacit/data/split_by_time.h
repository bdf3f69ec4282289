// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "tacit/data/split.h"

namespace tacit {

/// Parts that are stretches of time, cut from every recording alike; a split of its own for each
/// fold, or one that tests on the last rows of each recording.
///
/// With a fraction a recording's last rows are for testing, those before them for validation, the
/// first for training. With {folds = K} its rows are cut into K stretches, and fold k tests on the
/// k-th; rows for validation are those just before it or, where there are too few, just after it.
/// Between parts, rows that are less than config.gap_seconds from those to be tested on, and then
/// those of training as near to validation, are left out, within a piece: pieces are apart by
/// themselves, by a pause. No random draw is made.
///
/// Throws ConfigError for rows that have no time, a config.test of another kind, and a part that
/// would be empty.
std::vector<Split> split_by_time(const SplitConfig& config, const Examples& data);

}  // namespace tacit
