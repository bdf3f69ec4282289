// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"
#include "tacit/run/recipe_lines.h"

namespace tacit {

/// All tables of a recipe for a table: [data] … [curve]. `findings.table` must be there.
void write_table_recipe(const Findings& findings, RecipeLines& lines);

}  // namespace tacit
