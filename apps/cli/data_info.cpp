// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/data/overview.h"

namespace tacit::cli {

void data_info(const Request& request, const Caller&) {
  const Recipe recipe = load_recipe(request.argument, request.overrides);
  const SignalWindows windows(load_signals(recipe.data), recipe.data.window);
  std::cout << overview(windows).print() << std::endl;
}

}  // namespace tacit::cli
