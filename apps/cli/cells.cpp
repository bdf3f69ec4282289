// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/cells.h"

#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/run/predict.h"

namespace tacit::cli {

void score(const Request& request, const Caller& caller) {
  const ScoreSummary summary =
      run_score(request.argument, request.output, request.false_alarms, request.overrides, caller);
  std::cout << summary.print(request.false_alarms) << "\nscores: " << request.output << std::endl;
}

void impute(const Request& request, const Caller& caller) {
  const int64_t filled = run_impute(request.argument, request.output, request.overrides, caller);
  std::cout << filled << " cells filled: " << request.output << std::endl;
}

void predict(const Request& request, const Caller& caller) {
  const int64_t rows = run_predict(request.argument, request.output, request.overrides, caller);
  std::cout << rows << " rows predicted: " << request.output << std::endl;
}

}  // namespace tacit::cli
