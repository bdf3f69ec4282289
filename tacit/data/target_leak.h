// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/data/column_kinds.h"

namespace tacit {

/// Whether a column tells the label exactly, in all rows that have both, as what is computed from
/// the label does (target leakage): each of its values comes with one label only and most rows have
/// values that repeat at least five times; or its numbers, put in order, fall into one stretch for
/// each label. False where rows are too few to tell: below 20, or a tenth of those with a label.
bool tells_label(const ColumnGuess& column, const ColumnGuess& label);

}  // namespace tacit
