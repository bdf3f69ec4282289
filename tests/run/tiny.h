// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/files.h"
#include "tacit/run/folder.h"
#include "tacit/run/recipe.h"
#include "tests/core/folder.h"

namespace tacit {

/// A recipe on four simulated people (120 windows of 50 samples) that runs in a fraction of a
/// second.
inline Recipe tiny_recipe(const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides{
      "method={name='transformation_prediction', hidden=8, tasks=['negation', 'jitter']}",
      "encoder={name='temporal_conv', filters=[4, 4], kernels=[5, 5], strides=[2, 2]}",
      "train={epochs=2}",
      "finetune.head_start=random",
      "data.simulate.people=4",
      "data.simulate.seconds=10",
      "data.simulate.rate_hz=25",
      "data.window.length=50",
      "data.window.overlap=0.0",
      "data.split.validation=0.3",
      "finetune.epochs=1",
      "finetune.min_steps=2",
      "finetune.hidden=4",
      "supervised.epochs=1",
      "supervised.min_steps=2",
      "supervised.hidden=4",
      "curve.labels_per_class=[2, 'all']",
      "curve.seeds=2"};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return load_recipe("har_simulated", overrides);
}

}  // namespace tacit
