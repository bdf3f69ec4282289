// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tacit/data/high_pass.h"
#include "tacit/data/load.h"
#include "tacit/data/person_scale.h"
#include "tacit/data/resampler.h"
#include "tacit/data/usable_runs.h"

namespace tacit {

/// A window of a live stream.
struct LiveWindow {
  double begin_seconds, end_seconds;  ///< since the stream began
  Tensor x;                           ///< [C, T] as SignalWindows reads it; undefined without one
  double usable = 1;                  ///< share of its samples
  std::string fault =
      "none";  ///< why there is no x: the first SampleRun::fault in it, or "settling"
};

/// Cuts windows from a live stream, sample by sample: they hold what those of SignalWindows hold
/// when load_signals() has read the same samples from a file without labels, and begin where they
/// do, if `hop` is the one that data.window means. One comes per hop; those that contain unusable
/// samples come without x, and behind such samples windows begin anew.
///
/// With data.scale_people the scale is that of the stream so far, and the first kScaleSeconds of
/// usable samples give no x.
class LiveWindows {
 public:
  static constexpr double kScaleSeconds = 30;

  /// `model`: of the windows wanted. rate_hz: of the stream, resampled where it is not the model's.
  /// hop: in samples of the model. Throws ConfigError for what no stream can be given: zero-phase
  /// filters, windows cut per label; and for rates that filters or quality do not take.
  LiveWindows(const DataConfig& config, const Spec& model, double rate_hz, int64_t hop);

  /// A sample [C] in the units of the model; what is not finite is missing.
  void add(std::span<const float> sample);
  /// `samples` that are missing because time jumped. Windows within the jump do not come.
  void skip(int64_t samples);
  /// The stream ends.
  void finish();
  /// The windows that are known since the last call, in order of time.
  std::vector<LiveWindow> take();

  const UsableRuns& runs() const { return runs_; }
  /// What a person should know: what answers wait for, and where they differ from a file's.
  std::vector<std::string> notes() const;

 private:
  struct Span {
    double begin, end;  // seconds
    std::string fault;
  };

  void follow();
  void pass(const SampleRun& run);
  void lose(const SampleRun& run);
  void begin_stretch(double seconds);
  void end_stretch();
  void cut(std::vector<float> rows);
  void prepare(std::span<float> row);
  void tell_window();
  Tensor window() const;
  void tell_lost(double until);
  LiveWindow lost_window(double begin) const;
  double seconds_of(int64_t sample) const { return static_cast<double>(sample) / stream_hz_; }
  double length_seconds() const { return static_cast<double>(length_) / rate_hz_; }
  double next_seconds() const { return began_ + static_cast<double>(next_) / rate_hz_; }

  DataConfig config_;
  int64_t channels_, length_, hop_;
  double stream_hz_, rate_hz_;  // of what comes in, and of windows
  UsableRuns runs_;
  std::optional<Resampler> resampler_;
  std::vector<HighPassFilter> filters_;
  std::vector<RunningScale> scales_;
  // of the stretch
  bool in_stretch_ = false;
  double began_ = 0;            // seconds
  int64_t row_ = 0, next_ = 0;  // of the next sample, and where the next window begins
  std::vector<float> rows_;     // next_ … row_ - 1
  // of what is not usable
  std::deque<double> lost_;  // where windows without x begin, in seconds
  std::deque<Span> faults_;  // that such windows may contain
  std::vector<LiveWindow> windows_;
};

}  // namespace tacit
