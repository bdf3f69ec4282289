// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/latency.h"

#include <algorithm>
#include <cmath>

namespace tacit {
namespace {

constexpr double kShortest = 1e-6, kWidth = 1.01;
constexpr size_t kBins = 2100;

}  // namespace

void Latency::add(double seconds) {
  bins_.resize(kBins);
  const double place = std::log(std::max(seconds, kShortest) / kShortest) / std::log(kWidth);
  ++bins_[std::min(static_cast<size_t>(place), kBins - 1)];
  ++count_;
}

double Latency::within(double share) const {
  const auto wanted = static_cast<int64_t>(std::ceil(share * static_cast<double>(count_)));
  int64_t passed = 0;
  for (size_t i = 0; i < bins_.size(); ++i) {
    passed += bins_[i];
    if (passed > 0 && passed >= wanted)
      return kShortest * std::pow(kWidth, static_cast<double>(i) + 1);
  }
  return 0;
}

}  // namespace tacit
