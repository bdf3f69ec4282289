// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/html.h"
#include "tests/report/sample_run.h"

/// Writes the sample run and its report into the folder named on the command line, and those of a
/// GAN into its folder gan/, for browser_test.py.
int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::filesystem::path folder = arguments[1];
  tacit::write_sample_run(folder);
  tacit::write_report(folder);
  tacit::write_sample_gan_run(folder / "gan");
  tacit::write_report(folder / "gan");
}
