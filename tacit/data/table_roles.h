// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/data/column_kinds.h"

namespace tacit {

/// A column that was taken for something, and why.
struct TableRole {
  const ColumnGuess* column = nullptr;  ///< of the ColumnKinds that were asked; null: none was
  std::string reason{};                 ///< "it is called so"
};

/// Whether a label is a number rather than a class: a numeric column of more than 20 different
/// values, unless these are whole, at most 100, repeat and are called classes, labels or species.
bool is_number_label(const ColumnGuess& column);

/// The column of the label. Called as answers are (label, target, income …): one that has at most
/// 100 values, which repeat; else a number if the name can mean nothing else (target, y, outcome);
/// else the last column if it has few values: up to 30 categories, or up to 10 whole numbers; else
/// a number called as answers or prices are. Never `group`.
TableRole guess_label(const ColumnKinds& kinds, const std::string& group);

/// The column of what must stay together: called as a person or a device is (subject, customer_id
/// …) and repeating. Never `label`.
TableRole guess_group(const ColumnKinds& kinds, const std::string& label);

}  // namespace tacit
