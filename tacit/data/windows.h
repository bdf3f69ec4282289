// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/examples.h"
#include "tacit/data/signals.h"

namespace tacit {

/// A stretch of time, in samples or in seconds: 400 or "8 s" in a recipe.
struct Duration {
  double value = 0;
  bool in_seconds = false;

  /// Whole samples, rounded to the nearest.
  int64_t samples(double rate_hz) const;

  static Duration read(const Json&, const std::string& where);  ///< throws ConfigError
  static std::string type_name() { return "samples, or a text like \"8 s\""; }
  Json write() const;
};

struct WindowConfig {
  Duration length{400};
  double overlap = 0.5;  ///< share of a window that the next one repeats
  bool across_labels =
      false;  ///< also cut windows in which the label changes; they count as unlabelled
  bool per_label = false;  ///< cut one window a label, as of heart beats, and none elsewhere
  double before = 0.4;     ///< share of such a window that lies before its label begins
};
template <class Visitor>
void describe(Visitor& visit, WindowConfig& config) {
  visit("length", config.length, "of a window, in samples or seconds");
  visit("overlap", config.overlap, "share of a window that the next one repeats", between(0, 0.99));
  visit("across_labels", config.across_labels,
        "also cut windows in which the label changes; they count as unlabelled");
  visit("per_label", config.per_label,
        "cut one window where each label begins, as of heart beats, and none elsewhere");
  visit("before", config.before, "share of a window per label that lies before the label begins",
        between(0, 1));
}

/// Where a window lies.
struct Window {
  int64_t recording;  ///< index into Signals::recordings
  int64_t begin;      ///< first sample
  int64_t label;      ///< index into Signals::classes, or -1
};

/// Windows cut from recordings, read on demand; no window crosses the end of a recording or (unless
/// asked) a change of label. Within each label span windows start at its first sample. Those cut
/// per label hold what is around its beginning, other labels too, and may overlap. Where labels are
/// numbers, a window may hold several and has their mean over its samples; it is cut from a stretch
/// that has numbers throughout or none. One cut per label has that label's.
class SignalWindows final : public Examples {
 public:
  /// Keeps the signals. Throws ConfigError when the length is not positive or both per_label and
  /// across_labels are asked for, and DataError, naming the longest stretch, when no window fits,
  /// or naming a label that is no number where the target is one.
  SignalWindows(Signals signals, const WindowConfig& config, Target target = Target::category);

  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return static_cast<int64_t>(windows_.size()); }
  /// x: [N, C, T] as read from the file, not normalised.
  Batch read(std::span<const int64_t> rows) const override;
  Target target() const override { return target_; }
  const std::vector<std::string>& classes() const override;
  int64_t label(int64_t row) const override;
  float number(int64_t row) const override;
  Origin origin(int64_t row) const override;
  const std::vector<std::string>& notes() const override { return signals_.notes; }

  const Signals& signals() const { return signals_; }
  const std::vector<Window>& windows() const { return windows_; }
  const Recording& recording(int64_t row) const;
  int64_t length() const { return spec_.shape[1]; }

 private:
  Signals signals_;
  Target target_;
  std::vector<Window> windows_;
  std::vector<float> numbers_;  ///< of windows, where the target is one
  Spec spec_;
};

}  // namespace tacit
