// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/curve.h"

#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/run/results.h"

namespace tacit::cli {

void curve(const Request& request, const Caller& caller) {
  const std::filesystem::path folder = run_folder(request);
  const Json results = run_curve(load_recipe(request.argument, request.overrides), folder,
                                 existing(request), caller);
  std::cout << print_curve(results) << "\n"
            << "report: " << (folder / "report.html").string() << std::endl;
}

}  // namespace tacit::cli
