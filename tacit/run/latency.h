// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

namespace tacit {

/// How long answers took, of any number of them in 17 KiB: counts in bins 1 % wide, from a
/// microsecond to twenty minutes.
class Latency {
 public:
  void add(double seconds);
  int64_t count() const { return count_; }
  /// What a share 0 … 1 of all took at most, in seconds, to 1 %; 0 without any.
  double within(double share) const;

 private:
  int64_t count_ = 0;
  std::vector<int64_t> bins_;
};

}  // namespace tacit
