// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tacit {

double learning_rate_factor(const ScheduleConfig& config, int64_t step, int64_t steps,
                            int64_t steps_per_epoch) {
  const double warmup = config.warmup_epochs * static_cast<double>(steps_per_epoch);
  const auto now = static_cast<double>(step);
  if (now < warmup) return (now + 1) / (warmup + 1);
  if (config.decay == Decay::constant) return 1;
  const double rest = std::max(1.0, static_cast<double>(steps) - warmup);
  const double past = std::min(1.0, (now - warmup) / rest);
  if (config.decay == Decay::linear) return 1 - past;
  return 0.5 * (1 + std::cos(std::numbers::pi * past));
}

}  // namespace tacit
