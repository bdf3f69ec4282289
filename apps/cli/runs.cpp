// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/run/list.h"

namespace tacit::cli {

void runs(const Request& request, const Caller&) {
  const std::string place = request.argument.empty() ? "runs" : request.argument;
  std::cout << print_runs(list_runs(place)) << std::flush;
}

}  // namespace tacit::cli
