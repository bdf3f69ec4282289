// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "tacit/data/signals.h"

namespace tacit {

/// The samples of one channel of a recording, copied.
std::vector<float> channel_of(const Recording& recording, int64_t channel);

/// Signals whose channels are what `change(recording, channel, samples)` makes of each, of the same
/// length. One channel is in memory at a time; the new samples go to a Spool in the folder `spool`.
Signals map_channels(
    Signals signals, const std::string& spool,
    const std::function<void(const Recording&, int64_t, std::vector<float>&)>& change);

}  // namespace tacit
