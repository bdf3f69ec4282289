// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/export.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {

void export_onnx(const Request& request, const Caller& caller) {
  ExportOptions options;
  if (!request.head.empty()) options.head = enum_value<ExportHead>(request.head, "--head");
  if (request.unchecked) options.check = ExportCheck::unchecked;
  const Exported exported = run_export(request.argument, request.output, options);
  if (const auto& parity = exported.parity)
    caller.tell(
        text("{} rows through ONNX Runtime {} and Tacit: largest difference {} (at most {})",
             parity->windows, parity->runtime, parity->largest, kParityTolerance));
  else
    caller.tell("not compared with Tacit's own results");
  std::cout << "model: " << request.output << " (" << exported.input << " -> "
            << join(exported.outputs) << ")" << std::endl;
}

}  // namespace tacit::cli
