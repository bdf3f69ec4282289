// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/report/html.h"

namespace tacit::cli {

void report(const Request& request, const Caller&) {
  const std::filesystem::path folder = request.argument;
  read_run(folder);  // refuses a folder that holds no run
  write_report(folder);
  std::cout << "report: " << (folder / "report.html").string() << std::endl;
}

}  // namespace tacit::cli
