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

/// The column of the class: one that is called as answers are (label, target, income …) and has at
/// most 100 values, which repeat; else the last if it has few: up to 30 categories, or up to 10
/// whole numbers. Never `group`.
TableRole guess_label(const ColumnKinds& kinds, const std::string& group);

/// The column of what must stay together: called as a person or a device is (subject, customer_id
/// …) and repeating. Never `label`.
TableRole guess_group(const ColumnKinds& kinds, const std::string& label);

}  // namespace tacit
