// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

struct SRC_STATE_tag;  // of libsamplerate

namespace tacit {

/// Whether a rate is so near to the one wanted (0.1 %) that samples are left as they are.
bool rates_agree(double rate_hz, double wanted_hz);

/// Brings a live stream to another rate, with libsamplerate's band-limited interpolation (121 dB,
/// 90 % of the band). A stretch of T samples becomes round(T * to / from); at both ends it is
/// continued by its point reflection, so that gravity does not ring. In memory are a few hundred
/// samples.
class Resampler {
 public:
  /// Whether the rates differ by a factor of 256 at most.
  static bool takes(double from_hz, double to_hz);

  /// Throws ConfigError for rates that it does not take.
  Resampler(int64_t channels, double from_hz, double to_hz);

  /// Takes rows [n, C] and appends to `out` those at the new rate that they complete.
  void add(std::span<const float> rows, std::vector<float>& out);
  /// Appends what remains of the stretch. What is added next begins another.
  void finish(std::vector<float>& out);

  /// By how much a new row comes later than its own moment, at most.
  double delay_seconds() const;
  /// How long a stretch must be before its first rows come, unless it ends.
  double start_seconds() const;

 private:
  enum class Input { goes_on, ends };

  void start(std::vector<float>& out);
  void convert(std::span<const float> rows, Input input, std::vector<float>& out);

  int64_t channels_;
  double from_hz_, ratio_;
  int64_t pad_;  // samples of the continuation at either end
  std::unique_ptr<SRC_STATE_tag, SRC_STATE_tag* (*)(SRC_STATE_tag*)> state_;
  std::vector<float> made_;  // what a call of the library may fill
  // of the stretch
  std::vector<float> first_;      // rows that wait until there are pad_ + 1
  std::vector<float> last_;       // the last pad_ + 1 rows
  int64_t taken_ = 0, told_ = 0;  // rows in and out
  int64_t unwanted_ = 0;          // new rows of the continuation, still to come
};

}  // namespace tacit
