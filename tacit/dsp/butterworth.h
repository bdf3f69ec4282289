// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace tacit {

/// Which side of its edge a filter lets through.
enum class FilterKind { low_pass, high_pass };

/// y[t] = b0 x[t] + b1 x[t-1] + b2 x[t-2] - a1 y[t-1] - a2 y[t-2]
struct FilterSection {
  double b0, b1, b2, a1, a2;
};

/// A Butterworth filter as sections to run one after the other, by the bilinear transform with the
/// edge prewarped: the gain is 1/sqrt(2) at `edge_hz` exactly. Oppenheim & Schafer, Discrete-Time
/// Signal Processing, section 7.1. Throws ConfigError unless `order` is 2, 4, 6 or 8 and the edge
/// lies above 0 and below half the rate.
std::vector<FilterSection> butterworth(FilterKind kind, int64_t order, double edge_hz,
                                       double rate_hz);

/// Samples in which the slowest part of the response falls to 1/e.
double time_constant(const std::vector<FilterSection>& sections);

/// Sections at work on one channel, sample by sample; without any, values pass unchanged.
class RunningFilter {
 public:
  explicit RunningFilter(std::vector<FilterSection> sections);

  /// The state after `value` has lasted for ever.
  void settle(double value);
  double next(double value);

 private:
  std::vector<FilterSection> sections_;
  std::vector<std::array<double, 2>> states_;
};

/// Forwards and then backwards, in place: no delay, and the gain of the filter squared. Both ends
/// are continued by their point reflection, for five time constants or as far as the values reach.
/// Equals scipy.signal.sosfiltfilt with a padlen of as many samples. Needs twice the memory.
void filter_both_ways(const std::vector<FilterSection>& sections, std::vector<double>& values);

}  // namespace tacit
