// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"

namespace tacit {

enum class Decay { constant, cosine, linear };
inline std::vector<std::string> names(Decay) { return {"constant", "cosine", "linear"}; }

struct ScheduleConfig {
  Decay decay = Decay::constant;
  double warmup_epochs = 0;  ///< linear rise from 0
};
template <class Visitor>
void describe(Visitor& visit, ScheduleConfig& config) {
  visit("decay", config.decay,
        "of the learning rate after warm-up: none, or to 0, along half a cosine or a line");
  visit("warmup_epochs", config.warmup_epochs, "epochs of linear rise from 0", at_least(0));
}

/// The factor on the learning rate for optimiser step `step` of `steps`, in (0, 1].
/// Cosine: Loshchilov & Hutter 2017, arXiv:1608.03983, eq. 5 without restarts.
double learning_rate_factor(const ScheduleConfig& config, int64_t step, int64_t steps,
                            int64_t steps_per_epoch);

}  // namespace tacit
