// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace tacit {

/// A counter-based random generator: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers:
/// as easy as 1, 2, 3").
///
/// A stream is a key; a draw is a counter under that key. Streams derived for different purposes or
/// rows are independent and cost nothing to reach, so draws never depend on how work is shared out
/// among threads. A value type: copy it to replay it.
class Rng {
 public:
  explicit Rng(uint64_t seed);

  /// The stream for one purpose, or one row, epoch or step. Does not advance this one.
  Rng stream(std::string_view purpose) const;
  Rng stream(uint64_t index) const;
  /// A fresh stream that differs at each call: advances this one by a draw.
  Rng split();
  /// The same stream for a batch that begins at row `first` of a joint one: its row(i) and that of
  /// all streams derived from it is the joint batch's row first + i. So processes that share a
  /// batch draw for their rows what one process would.
  Rng from_row(int64_t first) const;
  /// The stream of row i of the batch. Does not advance this one.
  Rng row(int64_t i) const { return stream(first_row_ + static_cast<uint64_t>(i)); }

  uint64_t bits();
  /// Uniform in [0, 1) with 53 random bits, or in [low, high).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box-Muller).
  double normal();
  double normal(double mean, double deviation) { return mean + deviation * normal(); }
  /// Uniform in 0 … bound-1 without bias; bound >= 1.
  int64_t below(int64_t bound);
  bool chance(double probability) { return uniform() < probability; }
  /// Fisher-Yates.
  template <class T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i > 1; --i)
      std::swap(values[i - 1], values[static_cast<size_t>(below(static_cast<int64_t>(i)))]);
  }

 private:
  Rng(std::array<uint64_t, 2> key, uint64_t first_row) : key_(key), first_row_(first_row) {}
  std::array<uint64_t, 2> block(uint64_t counter, uint64_t domain) const;

  std::array<uint64_t, 2> key_;  // [0] keys the cipher, [1] is the high half of its counter
  uint64_t first_row_ = 0;
  uint64_t counter_ = 0;
  std::array<uint64_t, 2> ready_{};
  bool has_ready_ = false;
};

}  // namespace tacit
