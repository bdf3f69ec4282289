// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/resample.h"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "tacit/core/error.h"
#include "tacit/data/spool.h"

namespace tacit {
namespace {

constexpr int64_t kChunk = 4096;     // samples of all channels in memory at a time
constexpr double kFilterReach = 64;  // samples of the slower side that the filter looks ahead

/// How far to continue the signal, so that its first sample falls on one of the new ones.
int64_t padding(double ratio) {
  const auto least = static_cast<int64_t>(std::ceil(kFilterReach / std::min(1.0, ratio)));
  int64_t best = least;
  double best_offset = 1;
  for (int64_t length = least; length < least + 1024 && best_offset > 1e-9; ++length) {
    const double place = static_cast<double>(length) * ratio;
    const double offset = std::abs(place - std::round(place));
    if (offset < best_offset) best = length, best_offset = offset;
  }
  return best;
}

/// The sample at `step`, also outside of the recording: reflected about its end as far as that
/// goes.
class Continued {
 public:
  explicit Continued(const Tensor& samples)
      : data_(samples.const_data_ptr<float>()),
        channel_stride_(samples.stride(0)),
        step_stride_(samples.stride(1)),
        last_(samples.size(1) - 1) {}

  float at(int64_t channel, int64_t step) const {
    if (step >= 0 && step <= last_) return value(channel, step);
    const int64_t end = step < 0 ? 0 : last_;
    const int64_t mirrored = std::clamp<int64_t>(2 * end - step, 0, last_);
    return 2 * value(channel, end) - value(channel, mirrored);
  }

 private:
  float value(int64_t channel, int64_t step) const {
    return data_[channel * channel_stride_ + step * step_stride_];
  }

  const float* data_;
  int64_t channel_stride_, step_stride_, last_;
};

/// Appends round(T * ratio) rows to the spool and returns how many.
int64_t convert(const Recording& recording, double ratio, Spool& spool) {
  const int64_t channels = recording.samples.size(0), length = recording.length();
  int problem = 0;
  const std::unique_ptr<SRC_STATE, SRC_STATE* (*)(SRC_STATE*)> state(
      src_new(SRC_SINC_MEDIUM_QUALITY, static_cast<int>(channels), &problem), src_delete);
  require<ConfigError>(state != nullptr, "data.rate_hz: {}", src_strerror(problem));
  const Continued signal(recording.samples);
  const int64_t pad = padding(ratio), end = length + pad;
  const int64_t wanted = std::max<int64_t>(1, std::llround(static_cast<double>(length) * ratio));
  int64_t unwanted = std::llround(static_cast<double>(pad) * ratio), left = wanted, next = -pad;
  std::vector<float> in, out(static_cast<size_t>(kChunk * channels));
  size_t used = 0;  // floats of `in`
  while (left > 0) {
    if (used == in.size()) {
      in.clear();
      used = 0;
      for (const int64_t stop = std::min(end, next + kChunk); next < stop; ++next)
        for (int64_t channel = 0; channel < channels; ++channel)
          in.push_back(signal.at(channel, next));
    }
    SRC_DATA step{};
    step.data_in = in.data() + used;
    step.input_frames = static_cast<long>((in.size() - used) / static_cast<size_t>(channels));
    step.data_out = out.data();
    step.output_frames = kChunk;
    step.src_ratio = ratio;
    step.end_of_input = next == end;
    problem = src_process(state.get(), &step);
    require<ConfigError>(problem == 0, "data.rate_hz: {}", src_strerror(problem));
    require<StateError>(step.output_frames_gen > 0 || step.input_frames_used > 0 || next < end,
                        "resampling \"{}\" ended {} samples early", recording.name, left);
    used += static_cast<size_t>(step.input_frames_used * channels);
    const int64_t skipped = std::min<int64_t>(unwanted, step.output_frames_gen);
    const int64_t kept = std::min<int64_t>(left, step.output_frames_gen - skipped);
    unwanted -= skipped;
    left -= kept;
    spool.append(std::span(out).subspan(static_cast<size_t>(skipped * channels),
                                        static_cast<size_t>(kept * channels)));
  }
  return wanted;
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
    return std::abs(recording.rate_hz - rate_hz) > 1e-3 * rate_hz;
  };
  if (std::none_of(signals.recordings.begin(), signals.recordings.end(), differs)) return signals;
  Spool spool(spool_folder, static_cast<int64_t>(signals.channels.size()));
  std::vector<int64_t> begins;
  int64_t changed = 0;
  for (Recording& recording : signals.recordings) {
    begins.push_back(spool.rows());
    if (!differs(recording)) continue;
    const double ratio = rate_hz / recording.rate_hz;
    require<ConfigError>(src_is_valid_ratio(ratio) != 0,
                         "data.rate_hz: {} Hz is too far from the {} Hz of recording \"{}\"",
                         rate_hz, recording.rate_hz, recording.name);
    recording.labels = moved(recording.labels, ratio, convert(recording, ratio, spool));
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
