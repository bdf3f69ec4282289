// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/target_leak.h"

#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <utility>

namespace tacit {
namespace {

constexpr size_t kLeastRows = 20, kLeastRepeats = 5;

using Pair = std::pair<uint64_t, uint64_t>;  ///< a value and its label

/// `pairs` sorted, so that equal values follow each other.
bool by_value(const std::vector<Pair>& pairs) {
  size_t repeated = 0;
  std::set<uint64_t> labels;  // of values that repeat
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    while (end < pairs.size() && pairs[end].first == pairs[begin].first) ++end;
    if (pairs[end - 1].second != pairs[begin].second) return false;  // sorted by label, too
    if (end - begin < kLeastRepeats) continue;
    repeated += end - begin;
    labels.insert(pairs[begin].second);
  }
  return 2 * repeated >= pairs.size() && labels.size() >= 2;
}

bool by_order(std::vector<Pair> pairs) {
  const auto number = [](const Pair& pair) { return std::bit_cast<double>(pair.first); };
  std::ranges::sort(pairs, [&](const Pair& a, const Pair& b) { return number(a) < number(b); });
  std::map<uint64_t, size_t> rows;
  size_t changes = 0;
  for (size_t i = 0; i < pairs.size(); ++i) {
    ++rows[pairs[i].second];
    if (i == 0 || pairs[i].second == pairs[i - 1].second) continue;
    if (number(pairs[i]) == number(pairs[i - 1])) return false;
    ++changes;
  }
  return rows.size() >= 2 && changes == rows.size() - 1 &&
         std::ranges::all_of(rows, [](const auto& each) { return each.second >= kLeastRepeats; });
}

}  // namespace

bool tells_label(const ColumnGuess& column, const ColumnGuess& label) {
  if (column.cells.size() != label.cells.size()) return false;  // of a type that cannot be read
  std::vector<Pair> pairs;
  size_t labelled = 0;
  for (size_t row = 0; row < label.cells.size(); ++row) {
    if (label.cells[row] == ColumnGuess::kMissing) continue;
    ++labelled;
    const uint64_t cell = column.cells[row];
    const double value = std::bit_cast<double>(cell);
    const bool text_among_numbers = column.kind != ColumnKind::categorical && value != value;
    if (cell != ColumnGuess::kMissing && !text_among_numbers)
      pairs.emplace_back(cell, label.cells[row]);
  }
  if (pairs.size() < kLeastRows || 10 * pairs.size() < labelled) return false;
  std::ranges::sort(pairs);
  return by_value(pairs) || (column.kind == ColumnKind::numeric && by_order(pairs));
}

}  // namespace tacit
