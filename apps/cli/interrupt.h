// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>

namespace tacit::cli {

/// From now on the first SIGINT or SIGTERM sets the returned flag, and a second one ends the
/// process at once with status 130.
const std::atomic<bool>& watch_signals();

}  // namespace tacit::cli
