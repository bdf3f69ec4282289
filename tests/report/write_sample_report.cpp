// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/html.h"
#include "tests/report/sample_run.h"

/// Writes the sample run and its report into the folder named on the command line, for
/// browser_test.py.
int main(int count, char** arguments) {
  if (count != 2) return 2;
  tacit::write_sample_run(arguments[1]);
  tacit::write_report(arguments[1]);
}
