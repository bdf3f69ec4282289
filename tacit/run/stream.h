// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tacit/data/readers/live_bytes.h"
#include "tacit/data/readers/sample_stream.h"
#include "tacit/data/windows.h"
#include "tacit/run/export.h"
#include "tacit/run/folder.h"
#include "tacit/run/latency.h"

namespace tacit {

struct StreamOptions {
  std::filesystem::path input = "-";  ///< a file, a pipe or a device; "-" is the standard input
  SampleFormat format = SampleFormat::csv;
  FileEnd end = FileEnd::ends;
  double rate_hz = 0;                ///< of the stream; 0: the model's
  std::optional<Duration> hop{};     ///< from window to window; default: as data.window says
  std::optional<ExportHead> head{};  ///< default: finetuned where the run holds one
};

/// What became of a stream.
struct StreamSummary {
  int64_t samples = 0;     ///< that were read
  int64_t filled = 0;      ///< missing ones that were filled
  int64_t unreadable = 0;  ///< lines that held no sample
  int64_t windows = 0;
  int64_t unanswered = 0;  ///< windows without numbers
  Latency latency;         ///< of the others

  /// "1800 samples, 35 windows, …": a sentence.
  std::string print() const;
};

/// `tacit stream`: what a run says of a stream of samples, window by window while they come in.
/// Hands `emit` one object of JSON a hop: start_seconds and end_seconds of the window since the
/// stream began; of a fine-tuned run predicted and p_CLASS for each class (of numbers predicted
/// alone), else embedding; and quality, {"usable": share, "fault": why}. Windows without numbers
/// (LiveWindow) have null there. The numbers are those of `tacit predict` and `tacit embed` on the
/// same samples, but with data.scale_people.
///
/// Ends with the input, or when the caller stops it; says before it waits what the answers wait
/// for. Throws ConfigError for what LiveWindows refuses and for runs of tables, ShapeError when
/// data.channels or data.window do not fit the run, DataError for what cannot be read and for a
/// stream that ended before the first window, StateError like load_finetuned().
StreamSummary run_stream(const std::filesystem::path& run, const StreamOptions& options,
                         const std::vector<std::string>& overrides,
                         const std::function<void(const std::string& line)>& emit,
                         const Caller& caller);

}  // namespace tacit
