// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/data/readers/rows.h"

namespace tacit {

/// How much of a file may be in memory while it is sorted; more is refused.
inline constexpr int64_t kSortBytes = int64_t{2} << 30;

/// The rows of `stream` ordered by recording, in the order in which recordings first appear, then
/// by time; rows of one time keep their order. `keys`: the first so many text columns name the
/// recording; the last number column is the time, called `time` in messages about `file`. Reads all
/// rows at the first next(). Throws DataError for a row without a time and for a file beyond
/// kSortBytes.
std::unique_ptr<RowStream> sort_rows(std::unique_ptr<RowStream> stream, size_t keys,
                                     const std::filesystem::path& file, const std::string& time);

}  // namespace tacit
