// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/data/signals.h"

namespace tacit {

/// Brings every recording to one rate, with libsamplerate's band-limited interpolation (121 dB, 90
/// % of the band). Recordings within 0.1 % of the rate are left as they are. A recording of T
/// samples gets round(T * rate_hz / its rate); labels move along. At both ends the signal is
/// continued by its point reflection, so that gravity does not ring. New samples go to a Spool in
/// `spool`. Throws ConfigError for a change of rate beyond 1/256 … 256.
Signals resample(Signals signals, double rate_hz, const std::string& spool);

}  // namespace tacit
