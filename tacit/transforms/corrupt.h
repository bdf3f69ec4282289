// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

/// Noise on encoded rows of a table. A cell is what a row holds of a column, all of its fields.
namespace tacit {

/// Rows as a model is to see them, and which cells are no longer what they were.
struct Corrupted {
  Tensor x;        ///< [N, F]
  Tensor changed;  ///< [N, columns] bool: the cells that were drawn
};

/// Where the values of swapped cells come from: the joint batch, of which the rows themselves are
/// those from `first` on.
struct Donors {
  Tensor x;           ///< [M, F]
  int64_t first = 0;  ///< 0 … M - N
};

struct CorruptConfig {
  double swap = 0.15;  ///< probability that a cell takes the value of another row, never its own
  double hide = 0;     ///< probability that a cell is missing instead
};
template <class Visitor>
void describe(Visitor& visit, CorruptConfig& config) {
  visit("swap", config.swap, "share of cells that take another row's value in the same column",
        between(0, 1));
  visit("hide", config.hide, "share of cells that are made missing instead", between(0, 1));
}

/// Each cell on its own: swapped, hidden (a number becomes NaN, a category code 0) or left, with
/// these exact probabilities. A swapped cell's donor is drawn among the other rows, all alike; with
/// a single row there is nothing to swap. Row n depends on row n's draws and the donors only.
/// Throws ShapeError when x is not [N, fields].
Corrupted corrupt(const Tensor& x, const std::vector<Field>& fields, const CorruptConfig& config,
                  const Donors& donors, Rng& rng);

/// Of each row the same number of columns, drawn anew, swapped: `share` of them, rounded, at least
/// one. Donors as above. Bahri et al. 2022 (SCARF), arXiv:2106.15147, algorithm 1.
Corrupted swap_some(const Tensor& x, const std::vector<Field>& fields, double share,
                    const Donors& donors, Rng& rng);

}  // namespace tacit
