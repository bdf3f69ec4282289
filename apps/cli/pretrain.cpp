// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/pretrain.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {

void pretrain(const Request& request, const Caller& caller) {
  const std::filesystem::path folder = run_folder(request);
  run_pretrain(load_recipe(request.argument, request.overrides), folder, existing(request), caller);
  if (caller.world->rank() != 0) return;
  std::cout << "encoder: " << (folder / "artifact").string() << "\n"
            << "report:  " << (folder / "report.html").string() << std::endl;
}

}  // namespace tacit::cli
