// SPDX-License-Identifier: Apache-2.0
#include "tacit/dsp/butterworth.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr double kReflectedTimeConstants = 5;

/// The section of one pair of poles; `damping` is 1/Q.
FilterSection section(FilterKind kind, double damping, double warped) {
  const double square = warped * warped, scale = 1 / (1 + damping * warped + square);
  const double b = kind == FilterKind::low_pass ? square * scale : scale;
  return {.b0 = b,
          .b1 = kind == FilterKind::low_pass ? 2 * b : -2 * b,
          .b2 = b,
          .a1 = 2 * (square - 1) * scale,
          .a2 = (1 - damping * warped + square) * scale};
}

/// `margin` reflected values, the values, and `margin` more.
std::vector<double> continued(const std::vector<double>& values, size_t margin) {
  std::vector<double> out;
  out.reserve(values.size() + 2 * margin);
  for (size_t i = margin; i > 0; --i) out.push_back(2 * values.front() - values[i]);
  out.insert(out.end(), values.begin(), values.end());
  for (size_t i = 1; i <= margin; ++i)
    out.push_back(2 * values.back() - values[values.size() - 1 - i]);
  return out;
}

}  // namespace

std::vector<FilterSection> butterworth(FilterKind kind, int64_t order, double edge_hz,
                                       double rate_hz) {
  require<ConfigError>(order >= 2 && order <= 8 && order % 2 == 0,
                       "a filter of order {} is not available; 2, 4, 6 and 8 are", order);
  require<ConfigError>(edge_hz > 0 && 2 * edge_hz < rate_hz,
                       "a filter's edge of {} Hz is not between 0 and half of the {} samples a "
                       "second",
                       edge_hz, rate_hz);
  const double warped = std::tan(std::numbers::pi * edge_hz / rate_hz);
  std::vector<FilterSection> sections;
  for (int64_t pair = 0; pair < order / 2; ++pair) {
    const double angle =
        std::numbers::pi * static_cast<double>(2 * pair + 1) / static_cast<double>(2 * order);
    sections.push_back(section(kind, 2 * std::cos(angle), warped));
  }
  return sections;
}

double time_constant(const std::vector<FilterSection>& sections) {
  double longest = 0;
  for (const FilterSection& each : sections)  // its pair of poles has the radius sqrt(a2)
    longest = std::max(longest, -2 / std::log(each.a2));
  return longest;
}

RunningFilter::RunningFilter(std::vector<FilterSection> sections)
    : sections_(std::move(sections)), states_(sections_.size()) {}

void RunningFilter::settle(double value) {
  for (size_t i = 0; i < sections_.size(); ++i) {
    const auto& [b0, b1, b2, a1, a2] = sections_[i];
    const double out = value * (b0 + b1 + b2) / (1 + a1 + a2);
    states_[i] = {out - b0 * value, b2 * value - a2 * out};
    value = out;
  }
}

double RunningFilter::next(double value) {
  for (size_t i = 0; i < sections_.size(); ++i) {
    const auto& [b0, b1, b2, a1, a2] = sections_[i];
    auto& [first, second] = states_[i];
    const double out = b0 * value + first;
    first = b1 * value - a1 * out + second;
    second = b2 * value - a2 * out;
    value = out;
  }
  return value;
}

void filter_both_ways(const std::vector<FilterSection>& sections, std::vector<double>& values) {
  if (values.empty() || sections.empty()) return;
  const double reach = std::ceil(kReflectedTimeConstants * time_constant(sections));
  const auto margin = static_cast<size_t>(std::min(reach, static_cast<double>(values.size() - 1)));
  std::vector<double> signal = continued(values, margin);
  RunningFilter filter(sections);
  for (int way = 0; way < 2; ++way) {
    filter.settle(signal.front());
    for (double& value : signal) value = filter.next(value);
    std::ranges::reverse(signal);
  }
  std::copy_n(signal.begin() + static_cast<std::ptrdiff_t>(margin), values.size(), values.begin());
}

}  // namespace tacit
