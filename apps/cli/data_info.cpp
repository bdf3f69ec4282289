// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/data/overview.h"
#include "tacit/data/table_overview.h"

namespace tacit::cli {

void data_info(const Request& request, const Caller&) {
  const Recipe recipe = load_recipe(request.argument, request.overrides);
  const auto examples = load_examples(recipe.data);
  if (const auto* table = dynamic_cast<const Table*>(examples.get()))
    std::cout << overview(*table).print() << std::endl;
  else
    std::cout << overview(dynamic_cast<const SignalWindows&>(*examples)).print() << std::endl;
}

}  // namespace tacit::cli
