// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/stream.h"

#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <charconv>
#include <chrono>
#include <cmath>

#include "tacit/artifact/head.h"
#include "tacit/data/live_windows.h"
#include "tacit/run/probe.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// The head is null where only features are told.
Finetuned load_model(const fs::path& run, std::optional<ExportHead> head) {
  const bool is_tuned = fs::exists(head_file(run / "finetuned"));
  if (head.value_or(is_tuned ? ExportHead::finetuned : ExportHead::none) == ExportHead::finetuned)
    return load_finetuned(run);
  return {Artifact::load(run / "artifact"), {}};
}

/// Throws ShapeError unless windows that `data` describes can be fed to the model.
void require_fitting(const Spec& model, const DataConfig& data) {
  require<ConfigError>(model.modality == Modality::signal,
                       "a stream is of signals, and this run is of {} data; use tacit predict",
                       enum_name(model.modality));
  Spec windows = model;
  windows.channels = data.file.channels;
  windows.shape = {static_cast<int64_t>(windows.channels.size()),
                   data.window.length.samples(model.rate_hz)};
  require_compatible(model, windows);
}

int64_t hop_of(const StreamOptions& options, const DataConfig& data, const Spec& model) {
  if (options.hop) return options.hop->samples(model.rate_hz);
  const auto length = static_cast<double>(model.shape[1]);
  return std::max<int64_t>(1, std::llround(length * (1 - data.window.overlap)));
}

/// With the fewest digits that read back to the same float.
Json number(float value) {
  if (!std::isfinite(value)) return nullptr;
  char digits[32];
  const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  double shortest = 0;
  std::from_chars(digits, end, shortest);
  return shortest;
}

/// What a model tells of a window.
class Answers {
 public:
  Answers(Finetuned model, LiveWindows windows, const std::function<void(const std::string&)>& emit)
      : model_(std::move(model)), windows_(std::move(windows)), emit_(emit) {
    tell(at::zeros(model_.artifact.spec.shape));  // LibTorch's first call takes long
  }

  void take(std::span<const float> sample, int64_t missing_before) {
    const auto began = Clock::now();
    if (missing_before > 0) windows_.skip(missing_before);
    windows_.add(sample);
    emit_known(began);
  }

  StreamSummary finish() {
    const auto began = Clock::now();
    windows_.finish();
    emit_known(began);
    summary_.samples = windows_.runs().samples();
    summary_.filled = windows_.runs().filled();
    return summary_;
  }

 private:
  void emit_known(Clock::time_point began) {
    for (const LiveWindow& window : windows_.take()) {
      emit_(line(window));
      ++summary_.windows;
      if (window.x.defined())
        summary_.latency.add(std::chrono::duration<double>(Clock::now() - began).count());
      else
        ++summary_.unanswered;
    }
  }

  std::string line(const LiveWindow& window) const {
    Json line{{"start_seconds", window.begin_seconds}, {"end_seconds", window.end_seconds}};
    line.update(window.x.defined() ? answer(tell(window.x)) : no_answer());
    line["quality"] = {{"usable", window.usable}, {"fault", window.fault}};
    return line.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  /// x: [C, T] -> features [D], probabilities [K], or a number [1].
  Tensor tell(const Tensor& x) const {
    const c10::AutoGradMode no_grad(false);
    const Tensor features =
        model_.artifact.encoder->forward(encode(model_.artifact.preprocessing, x.unsqueeze(0)));
    if (!model_.head) return features[0].contiguous();
    const Tensor told = model_.head->forward(features);
    return (model_.head->tells_number() ? told : told.softmax(1))[0].contiguous();
  }

  /// The members of a line.
  Json answer(const Tensor& told) const {
    const std::span values(told.const_data_ptr<float>(), static_cast<size_t>(told.size(0)));
    Json members;
    if (!model_.head) {
      for (const float value : values) members["embedding"].push_back(number(value));
      return members;
    }
    if (model_.head->tells_number()) return {{"predicted", number(values[0])}};
    const std::vector<std::string>& classes = model_.artifact.manifest.classes;
    members["predicted"] = classes.at(static_cast<size_t>(told.argmax().item<int64_t>()));
    for (size_t i = 0; i < classes.size(); ++i) members["p_" + classes[i]] = number(values[i]);
    return members;
  }

  Json no_answer() const {
    if (!model_.head) return {{"embedding", nullptr}};
    Json members{{"predicted", nullptr}};
    if (!model_.head->tells_number())
      for (const std::string& name : model_.artifact.manifest.classes)
        members["p_" + name] = nullptr;
    return members;
  }

  Finetuned model_;
  LiveWindows windows_;
  const std::function<void(const std::string&)>& emit_;
  StreamSummary summary_;
};

/// What a person should know before the first answer comes.
std::vector<std::string> notes_of(const LiveWindows& windows, const DataConfig& data,
                                  const Spec& model, double rate_hz, int64_t hop) {
  std::vector<std::string> notes = windows.notes();
  notes.insert(notes.begin(), text("streaming {} at {} Hz: windows of {} s, one every {} s",
                                   join(data.file.channels), rate_hz,
                                   static_cast<double>(model.shape[1]) / model.rate_hz,
                                   static_cast<double>(hop) / model.rate_hz));
  return notes;
}

}  // namespace

std::string StreamSummary::print() const {
  std::string line = text("{} samples, {} windows", samples, windows);
  if (unanswered > 0) line += text(", {} of them without numbers", unanswered);
  if (filled > 0) line += text("; filled {} missing samples", filled);
  if (unreadable > 0) line += text("; unreadable: {}", unreadable);
  if (latency.count() == 0) return line;
  const auto milliseconds = [&](double share) {
    return std::round(1e5 * latency.within(share)) / 100;
  };
  return line + text(
                    "; answers came {} ms after the last sample that they needed (median; 99 %: "
                    "within {} ms)",
                    milliseconds(0.5), milliseconds(0.99));
}

StreamSummary run_stream(const fs::path& run, const StreamOptions& options,
                         const std::vector<std::string>& overrides,
                         const std::function<void(const std::string&)>& emit,
                         const Caller& caller) {
  require<ConfigError>(options.input != "-" || options.end == FileEnd::ends,
                       "only a file can be followed; the standard input ends when its writer does");
  const DataConfig data = recipe_of_run(run, overrides).data;
  Finetuned model = load_model(run, options.head);
  const Spec spec = model.artifact.spec;
  require_fitting(spec, data);
  const double rate_hz = options.rate_hz > 0 ? options.rate_hz : spec.rate_hz;
  const int64_t hop = hop_of(options, data, spec);
  LiveWindows windows(data, spec, rate_hz, hop);
  const auto samples = sample_stream(options.format, data.file, rate_hz, caller.say);
  LiveBytes bytes(options.input, options.end, caller.stop);
  for (const std::string& note : notes_of(windows, data, spec, rate_hz, hop)) caller.tell(note);
  Answers answers(std::move(model), std::move(windows), emit);
  const auto take = [&](std::span<const float> sample, int64_t missing_before) {
    answers.take(sample, missing_before);
  };
  for (auto part = bytes.next(); !part.empty(); part = bytes.next()) samples->read(part, take);
  if (!bytes.is_stopped()) samples->finish(take);  // else the last line may be cut
  StreamSummary summary = answers.finish();
  summary.unreadable = samples->unreadable();
  require<DataError>(summary.windows > 0 || bytes.is_stopped(),
                     "the stream ended after {} samples, before its first window of {} s was full",
                     summary.samples, static_cast<double>(spec.shape[1]) / spec.rate_hz);
  return summary;
}

}  // namespace tacit
