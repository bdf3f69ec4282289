// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/signals.h"
#include "tacit/dsp/butterworth.h"

namespace tacit {

enum class FilterPhase {
  zero,    ///< forwards and backwards over whole recordings: no delay, twice the order
  causal,  ///< forwards only, as a live stream can be filtered; what is slow arrives changed in
           ///< form
};
inline std::vector<std::string> names(FilterPhase) { return {"zero", "causal"}; }

/// Takes what is slower than `hz` out of recordings: the wandering baseline of an
/// electrocardiogram, the gravity in an acceleration.
struct HighPassConfig {
  double hz = 0;  ///< where the gain of one pass is 1/sqrt(2); 0: no filter
  FilterPhase phase = FilterPhase::zero;
  int64_t order = 4;  ///< of one pass: 2, 4, 6 or 8
};
template <class Visitor>
void describe(Visitor& visit, HighPassConfig& config) {
  visit("hz", config.hz, "take out what is slower than this; 0 keeps all", at_least(0));
  visit("phase", config.phase, "over whole recordings without delay, or as a live stream can be");
  visit("order", config.order, "of the Butterworth filter, an even number", between(2, 8));
}

/// One channel of a live stream. It starts as if the first sample had lasted for ever, so that a
/// constant gives 0 from the first sample on. A sample that is not finite comes out as NaN, and the
/// filter starts anew at the next.
class HighPassFilter {
 public:
  /// `phase` is not looked at. Throws ConfigError unless the order is even and `hz` below half the
  /// rate.
  HighPassFilter(const HighPassConfig& config, double rate_hz);
  float next(float sample);

 private:
  RunningFilter filter_;
  bool started_ = false;
};

/// Filters every channel of every recording; with hz = 0 the signals are returned as they are.
/// Causal phase gives what HighPassFilter gives. Zero phase continues each recording at both ends
/// by its point reflection, for five time constants of the filter or as far as it reaches. Samples
/// that are not finite become NaN, and the stretches between them are filtered each on its own.
/// New samples go to a Spool in `spool`; in memory are three copies of one channel of one recording
/// in double. Throws ConfigError as HighPassFilter does, naming the recording.
Signals high_pass(Signals signals, const HighPassConfig& config, const std::string& spool);

}  // namespace tacit
