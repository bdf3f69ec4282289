// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/data/examples.h"

namespace tacit {

/// What less unlabelled data is less of. Part of the file format; do not rename.
enum class SubsetBy {
  row,       ///< rows, at random; of windows that overlap, a tenth of the rows covers more time
  subject,   ///< whole people
  recording  ///< time: whole recordings, and of one more a stretch without gaps
};
inline std::vector<std::string> names(SubsetBy) { return {"row", "subject", "recording"}; }

struct UnlabelledDraw {
  std::vector<int64_t> rows;  ///< some of those given, sorted
  double seconds = 0;         ///< that they cover, as covered_seconds() has it
};

/// Draws a share of the rows that a method may learn from, without looking at labels. Draws are
/// nested: with equal rows, `by` and rng, a bigger share contains a smaller one, and the share 1 is
/// all of them. rows: of `examples`, none twice. The draw has share * rows.size() rows, rounded,
/// but at_least (a batch) if there are as many; by subject, of whole people, the number of rows
/// nearest to that, not below at_least. Throws ConfigError for a share outside (0, 1] and by
/// subject where a row names none, DataError for no rows.
UnlabelledDraw draw_unlabelled(const Examples& examples, std::span<const int64_t> rows, SubsetBy by,
                               double share, int64_t at_least, const Rng& rng);

/// How much of what was recorded some rows cover; what several of them share counts once. 0 where
/// Spec has no rate. A clip of every n-th frame covers those between its frames too.
double covered_seconds(const Examples& examples, std::span<const int64_t> rows);

}  // namespace tacit
