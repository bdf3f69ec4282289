// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/load.h"

namespace tacit {

/// Samples begin … end-1 of a live stream, counted from its first and with those that are missing:
/// all usable, or none.
struct SampleRun {
  int64_t begin = 0, end = 0;
  std::vector<float> rows{};  ///< [end - begin, C]; empty where none is usable
  std::string fault{};        ///< why: "missing", or the name of a Fault; "" of usable samples
  bool is_jump = false;       ///< they never came: time jumped
};

/// Finds in a live stream what load_signals() would keep of a recording: gaps are filled by
/// straight lines or end a stretch, as data.missing says (`refuse` as `drop`), and stretches are
/// judged as data.quality says, which holds samples back until the end of theirs. Usable runs that
/// follow each other are one stretch. In memory are a gap and a stretch that is judged.
class UsableRuns {
 public:
  /// Throws ConfigError when data.quality cannot judge this rate.
  UsableRuns(const DataConfig& config, int64_t channels, double rate_hz);

  /// A sample [C]; what is not finite is missing.
  void add(std::span<const float> sample);
  /// `samples` that are missing altogether.
  void skip(int64_t samples);
  /// The stream ends.
  void finish();
  /// What is known since the last call, in order and without a hole.
  std::vector<SampleRun> take();

  int64_t samples() const { return samples_; }  ///< that were added
  int64_t filled() const { return filled_; }    ///< that were missing and filled

 private:
  int64_t rows_in(const std::vector<float>& rows) const {
    return static_cast<int64_t>(rows.size()) / channels_;
  }
  bool overfills(int64_t missing) const;
  void fill(std::span<const float> until);
  void keep(std::span<const float> rows);
  void judge();
  void append(std::span<const float> rows);
  void lose(int64_t end, const std::string& fault);
  void end_stretch();

  QualityConfig quality_;
  int64_t channels_;
  double rate_hz_;
  int64_t longest_gap_;  // that is filled
  int64_t judged_;       // samples of a stretch that is judged
  int64_t position_ = 0, samples_ = 0, filled_ = 0;
  int64_t known_ = 0;           // the samples before it are in runs
  bool open_ = false;           // a stretch has begun
  std::vector<float> last_;     // whole sample of it
  std::vector<float> waiting_;  // rows of a gap, of which some channels may be there
  std::vector<float> stretch_;  // rows that wait to be judged
  std::vector<SampleRun> runs_;
};

}  // namespace tacit
