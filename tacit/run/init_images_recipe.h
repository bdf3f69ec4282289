// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"
#include "tacit/run/recipe_lines.h"

namespace tacit {

/// The tables of a recipe for pictures, from [data] on; findings.images must be there.
void write_images_recipe(const Findings& findings, RecipeLines& lines);

}  // namespace tacit
