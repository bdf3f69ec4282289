// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <map>
#include <string>

#include "tacit/train/trainer.h"

namespace tacit::cli {

/// Tells a person on stderr how far a run is: a bar in place when stderr is a terminal, otherwise a
/// line when a stage begins and about every tenth of it.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& stage, const Progress& progress);
  /// Prints a line of text; the bar stays below it.
  void say(const std::string& line);
  /// Removes the bar.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  struct Stage {
    Clock::time_point began;
    int64_t first_step;   ///< already done when this process took the stage up
    int64_t tenths = -1;  ///< last printed
  };

  void draw(const std::string& text);
  std::string describe(const std::string& name, const Stage& stage, const Progress& progress) const;

  bool terminal_;
  bool drawn_ = false;
  Clock::time_point last_drawn_{};
  std::map<std::string, Stage> stages_;
};

}  // namespace tacit::cli
