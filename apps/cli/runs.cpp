// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/list.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {

void runs(const Request& request, const Caller&) {
  const std::string place = request.argument.empty() ? "runs" : request.argument;
  std::cout << print_runs(list_runs(place)) << std::flush;
}

}  // namespace tacit::cli
