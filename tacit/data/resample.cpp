// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/resample.h"

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/resampler.h"
#include "tacit/data/spool.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 4096;  // samples of all channels in memory at a time

/// Appends round(T * to / from) rows to the spool and returns how many.
int64_t convert(const Recording& recording, double rate_hz, Spool& spool) {
  const int64_t channels = recording.samples.size(0), before = spool.rows();
  Resampler resampler(channels, recording.rate_hz, rate_hz);
  std::vector<float> out;
  const auto keep = [&] {
    spool.append(out);
    out.clear();
  };
  for (int64_t begin = 0; begin < recording.length(); begin += kChunk) {
    const int64_t end = std::min(begin + kChunk, recording.length());
    const Tensor rows = recording.samples.slice(1, begin, end).t().contiguous();
    resampler.add({rows.const_data_ptr<float>(), static_cast<size_t>(rows.numel())}, out);
    keep();
  }
  resampler.finish(out);
  keep();
  return spool.rows() - before;
}

std::vector<LabelSpan> moved(const std::vector<LabelSpan>& labels, double ratio, int64_t length) {
  std::vector<LabelSpan> spans;
  for (const LabelSpan& span : labels) {
    const int64_t begin = spans.empty() ? 0 : spans.back().end;
    const bool last = &span == &labels.back();
    const int64_t end =
        last ? length
             : std::min(length,
                        static_cast<int64_t>(std::llround(static_cast<double>(span.end) * ratio)));
    if (end > begin) spans.push_back({begin, end, span.label});
  }
  return spans;
}

}  // namespace

Signals resample(Signals signals, double rate_hz, const std::string& spool_folder) {
  const auto differs = [&](const Recording& recording) {
    return !rates_agree(recording.rate_hz, rate_hz);
  };
  if (std::none_of(signals.recordings.begin(), signals.recordings.end(), differs)) return signals;
  Spool spool(spool_folder, static_cast<int64_t>(signals.channels.size()));
  std::vector<int64_t> begins;
  int64_t changed = 0;
  for (Recording& recording : signals.recordings) {
    begins.push_back(spool.rows());
    if (!differs(recording)) continue;
    const double ratio = rate_hz / recording.rate_hz;
    require<ConfigError>(Resampler::takes(recording.rate_hz, rate_hz),
                         "data.rate_hz: {} Hz is too far from the {} Hz of recording \"{}\"",
                         rate_hz, recording.rate_hz, recording.name);
    recording.labels = moved(recording.labels, ratio, convert(recording, rate_hz, spool));
    ++changed;
  }
  signals.notes.push_back(text("resampled {} recordings to {} Hz", changed, rate_hz));
  spool.finish();
  for (size_t i = 0; i < begins.size(); ++i) {
    Recording& recording = signals.recordings[i];
    const int64_t end = i + 1 < begins.size() ? begins[i + 1] : spool.rows();
    if (end > begins[i]) recording.samples = spool.view(begins[i], end - begins[i]);
    recording.rate_hz = rate_hz;
  }
  return signals;
}

}  // namespace tacit
