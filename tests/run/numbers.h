// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/rng.h"
#include "tests/run/tiny.h"

namespace tacit {

/// A table whose label is a number: 1000 more than 50 times what x and shade say, and some noise.
/// z is twice x. Every fifth row has no label.
inline std::string number_table(int64_t rows, uint64_t seed = 1) {
  Rng rng(seed);
  std::string bytes = "x,z,shade,who,price\n";
  for (int64_t row = 0; row < rows; ++row) {
    const double x = rng.normal();
    const bool dark = rng.below(2) == 1;
    const double price = 1000 + 50 * (x + (dark ? 1 : -1)) + rng.normal();
    bytes += text("{},{},{},p{},{}\n", x, 2 * x + 0.05 * rng.normal(), dark ? "dark" : "light",
                  row % 10, row % 5 == 4 ? "" : text("{}", price));
  }
  return bytes;
}

/// A recipe for such a table in `folder` that runs in a second or two.
inline Recipe number_recipe(const std::filesystem::path& folder,
                            const std::vector<std::string>& more = {}) {
  write_file(folder / "prices.csv", {number_table(500)});
  std::vector<std::string> overrides{text("data.path={}", (folder / "prices.csv").string()),
                                     "data.label=price",
                                     "data.target=number",
                                     "data.table={numeric=['x', 'z'], categorical=['shade']}",
                                     "data.split={by='row', test=0.25, validation=0.2}",
                                     "encoder.widths=[32, 32]",
                                     "train.epochs=6",
                                     "train.batch_size=64",
                                     "train.optimizer.learning_rate=3e-3",
                                     "probe.c=1.0",
                                     "finetune.probe_c=1.0",
                                     "finetune.feature_dropout=0.0",
                                     "finetune.epochs=1",
                                     "finetune.min_steps=20",
                                     "supervised.epochs=1",
                                     "supervised.min_steps=300",
                                     "curve.metric=r2",
                                     "curve.labels_per_class=[20, '50%', 'all']",
                                     "curve.seeds=2"};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return load_recipe("table_adult", overrides);
}

}  // namespace tacit
