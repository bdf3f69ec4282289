// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/embed.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {

void embed(const Request& request, const Caller& caller) {
  run_embed(request.argument, request.output, request.overrides, caller, request.layers);
  std::cout << "features: " << request.output << std::endl;
}

}  // namespace tacit::cli
