// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/evaluate/knn.h"
#include "tacit/evaluate/label_subsets.h"
#include "tacit/evaluate/linear_probe.h"
#include "tacit/run/prepare.h"
#include "tacit/train/trainer.h"

namespace tacit {

/// The probes of `config` as an observer of pre-training: at the end of each epoch each
/// is fitted on the features of labelled training windows and scored on the labelled validation
/// windows. Adds online/knn_f1 and online/linear_f1, weighted F1. The draw of labels is the same at
/// every epoch; weights and batch statistics do not move, and no test window is read.
/// `prepared` and `fold` must outlive it. Throws ConfigError when training or validation part have
/// no labelled windows of two classes, or labels are numbers.
Observer watch_quality(const OnlineConfig& config, const LinearProbeConfig& linear,
                       const KnnConfig& knn, const Prepared& prepared, const Fold& fold,
                       const Rng& rng);

}  // namespace tacit
