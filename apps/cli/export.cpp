// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/export.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {
namespace {

/// What --head may be: what follows the encoder, or the generator instead of both.
enum class Choice { none, finetuned, generator };
std::vector<std::string> names(Choice) { return {"none", "finetuned", "generator"}; }

}  // namespace

void export_onnx(const Request& request, const Caller& caller) {
  ExportOptions options;
  if (!request.head.empty()) {
    switch (enum_value<Choice>(request.head, "--head")) {
      case Choice::none: options.head = ExportHead::none; break;
      case Choice::finetuned: options.head = ExportHead::finetuned; break;
      case Choice::generator: options.model = ExportModel::generator; break;
    }
  }
  if (request.unchecked) options.check = ExportCheck::unchecked;
  const Exported exported = run_export(request.argument, request.output, options);
  if (const auto& parity = exported.parity)
    caller.tell(
        text("{} rows through ONNX Runtime {} and Tacit: largest difference {} (at most {})",
             parity->windows, parity->runtime, parity->largest, kParityTolerance));
  else
    caller.tell("not compared with Tacit's own results");
  std::cout << "model: " << request.output << " (" << join(exported.inputs) << " -> "
            << join(exported.outputs) << ")" << std::endl;
}

}  // namespace tacit::cli
