// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/signals.h"

namespace tacit {

/// What brings one channel of one person to mean 0 and a deviation near 1.
struct ChannelScale {
  double mean = 0;
  double deviation = 1;  ///< > 0

  float apply(float sample) const {
    return static_cast<float>((static_cast<double>(sample) - mean) / deviation);
  }
};

/// The mean over all samples, and the standard deviation of those left when the lowest and the
/// highest 2.5 % are taken away (of n samples floor(n / 40) at each side), which a few artefacts do
/// not move. Samples that are not finite do not count. A constant, or no sample at all, has the
/// deviation 1. Sarkar & Etemad 2020, arXiv:2002.03898, the authors' code.
ChannelScale trimmed_scale(std::vector<float> samples);

/// Each channel of each person by the trimmed scale of all that person's recordings together; where
/// a recording names no person, those of its name are taken together. People then differ in form
/// and no longer in level or size. Samples that are not finite stay as they are. New samples go to
/// a Spool in `spool`; in memory is one channel of one person at a time, 4 bytes a sample.
Signals scale_people(Signals signals, const std::string& spool);

/// The scale of one channel of a live stream, from the samples so far and in 384 KiB however many
/// they are: sums in 16384 bins, which widen as the samples do and are never wider than 1/4096 of
/// the span between the lowest and the highest. Only the two bins that a percentile cuts are
/// approximate. Measured on 100 000 samples of a normal distribution, the deviation errs by 1e-7;
/// after a single artefact a thousand deviations away by 0.2 %, ten thousand away by 4 %.
class RunningScale {
 public:
  /// A sample that is not finite does not count.
  void add(float sample);
  int64_t count() const { return count_; }
  /// As trimmed_scale; takes a walk over all bins.
  ChannelScale scale() const;

 private:
  static constexpr size_t kBins = 16384;
  /// Of samples less `origin_`.
  struct Sums {
    double count = 0, sum = 0, squares = 0;

    void add(const Sums& other, double share = 1);
  };

  Sums& bin_of(double sample);
  void widen(bool downwards);

  int64_t count_ = 0;
  double mean_ = 0;
  double origin_ = 0;  ///< the first sample
  double lowest_ = 0;  ///< where the first bin begins
  double width_ = 0;   ///< of a bin; 0 as long as all samples are alike
  std::vector<Sums> bins_;
};

}  // namespace tacit
