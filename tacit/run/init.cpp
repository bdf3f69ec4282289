// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <set>

#include "tacit/core/toml.h"
#include "tacit/data/overview.h"
#include "tacit/data/triads.h"
#include "tacit/run/decide_reading.h"
#include "tacit/run/init_images.h"
#include "tacit/run/init_table.h"

namespace tacit {
namespace {

/// Samples that stand in runs of three or more at the lowest or highest value of a channel.
void find_saturation(const Signals& signals, Findings& findings) {
  for (size_t channel = 0; channel < signals.channels.size(); ++channel) {
    float lowest = INFINITY, highest = -INFINITY;
    const auto each = [&](const auto& visit) {
      for (const Recording& recording : signals.recordings) {
        const Tensor& samples = recording.samples;
        const float* const data =
            samples.const_data_ptr<float>() + static_cast<int64_t>(channel) * samples.stride(0);
        for (int64_t step = 0; step < recording.length(); ++step)
          visit(data[step * samples.stride(1)], step);
      }
    };
    each([&](float value, int64_t) {
      lowest = std::min(lowest, value), highest = std::max(highest, value);
    });
    int64_t count = 0, run = 0, total = 0;
    float last = NAN;
    each([&](float value, int64_t step) {
      ++total;
      run = step > 0 && value == last ? run + 1 : 1;
      last = value;
      if (value == lowest || value == highest) count += run == 3 ? 3 : run > 3 ? 1 : 0;
    });
    if (lowest == highest)
      findings.warnings.push_back(
          text("channel \"{}\" never changes: leave it out of data.channels",
               signals.channels[channel]));
    else if (static_cast<double>(count) > 0.001 * static_cast<double>(total))
      findings.warnings.push_back(
          text("channel \"{}\" sits at its extreme ({} or {}) in {} of the samples: its sensor may "
               "have been at its limit",
               signals.channels[channel], lowest, highest,
               percent(static_cast<double>(count) / static_cast<double>(total))));
  }
}

/// Windows of the rarest class when cut to `length`, or all of them where labels are numbers.
int64_t fewest_windows(const Signals& signals, const Duration& length, double overlap,
                       Target target) {
  const double rate_hz = signals.recordings.front().rate_hz;
  const int64_t steps = length.samples(rate_hz);
  const int64_t hop =
      std::max<int64_t>(1, std::llround(static_cast<double>(steps) * (1 - overlap)));
  const auto windows = [&](int64_t samples) {
    return samples < steps ? 0 : 1 + (samples - steps) / hop;
  };
  std::map<int64_t, int64_t> counts;
  const bool by_class = target == Target::category && !signals.classes.empty();
  for (size_t i = 0; i < (by_class ? signals.classes.size() : 1); ++i)
    counts[by_class ? static_cast<int64_t>(i) : -1] = 0;
  for (const Recording& recording : signals.recordings) {
    if (target == Target::number) counts[-1] += windows(recording.length());
    for (const LabelSpan& span : recording.labels)
      if (const auto found = counts.find(span.label); found != counts.end())
        found->second += target == Target::number ? 0 : windows(span.end - span.begin);
  }
  return std::ranges::min(counts | std::views::values);
}

/// The longest of the usual lengths that leaves every class ten windows, else five, two, one.
void choose_window(const Signals& signals, Findings& findings) {
  const double rate_hz = signals.recordings.front().rate_hz;
  std::vector<Duration> lengths;
  for (const double seconds : {4.0, 2.56, 2.0, 1.0, 0.5})
    if (const double samples = seconds * rate_hz; samples >= 24 && samples <= 1024)
      lengths.push_back({.value = seconds, .in_seconds = true});
  for (const double samples : {64.0, 32.0, 24.0}) lengths.push_back({.value = samples});
  for (const int64_t wanted : {10, 5, 2, 1})
    for (const Duration& length : lengths)
      if (fewest_windows(signals, length, findings.data.window.overlap, findings.data.target) >=
          wanted) {
        findings.data.window.length = length;
        return;
      }
  findings.data.window.length = lengths.back();
  findings.warnings.push_back(text(
      "a class has no stretch of {} samples, so no window; see classes", lengths.back().value));
}

struct Groups {
  std::set<std::string> people, recordings;
  int64_t fewest_recordings = 0;  ///< of a class
};

Groups groups_of(const Signals& signals) {
  Groups groups;
  std::map<int64_t, std::set<std::string>> recordings_of_class;
  for (const Recording& recording : signals.recordings) {
    if (!recording.subject.empty()) groups.people.insert(recording.subject);
    groups.recordings.insert(recording.name);
    for (const LabelSpan& span : recording.labels)
      if (span.label >= 0) recordings_of_class[span.label].insert(recording.name);
  }
  groups.fewest_recordings = static_cast<int64_t>(groups.recordings.size());
  for (const auto& [label, names] : recordings_of_class)
    groups.fewest_recordings =
        std::min(groups.fewest_recordings, static_cast<int64_t>(names.size()));
  return groups;
}

/// What is held out: people where there are several, else recordings, else windows.
void choose_split(const Groups& groups, Findings& findings) {
  SplitConfig& split = findings.data.split;
  const size_t people = groups.people.size();
  split.test = 0.25;
  split.validation = 0.2;
  if (people >= 2) {
    split.by = SplitBy::subject;
    if (people == 2) split.validation = 0.0;
    if (people < 5)
      findings.warnings.push_back(
          text("there are only {} people: scores on new people will be uncertain", people));
    return;
  }
  findings.warnings.push_back(
      text("{}, so nothing can be said about how well a model does on new people",
           people == 1 ? "all rows are of one person" : "no person is named"));
  if (groups.fewest_recordings >= 3) {
    split.by = SplitBy::recording;
    return;
  }
  split.by = SplitBy::row;
  findings.data.window.overlap = 0;
  findings.data.file.subject.clear();
  findings.warnings.push_back(
      "there are too few recordings to hold some out, so single windows are: "
      "neighbours of training windows are tested on, and scores will flatter");
}

std::string balance(const DataOverview& overview) {
  std::vector<std::string> parts;
  int64_t fewest = 0, most = 0;
  for (const DataOverview::Class& row : overview.classes) {
    if (row.name == "(unlabelled)") continue;
    fewest = parts.empty() ? row.windows : std::min(fewest, row.windows);
    most = std::max(most, row.windows);
    parts.push_back(text("{} {}", row.name, row.windows));
  }
  if (parts.empty())
    return "no labels: tacit pretrain can learn from these data, tacit curve cannot score";
  return text(
      "windows of each class: {}{}", join(parts),
      most > 5 * std::max<int64_t>(1, fewest) ? "; the classes are of very different size" : "");
}

void decide_signals(const std::filesystem::path& path, const Json& given, Findings& findings) {
  try {
    decide_reading(path, given, findings);
  } catch (const DataError& problem) {
    const Source source = findings.data.source;
    if (source != Source::csv && source != Source::parquet) throw;
    throw DataError(
        text("{}; if its rows are no samples of a signal, say data.source=table", problem.what()));
  }
}

}  // namespace

Findings look_at(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  Json document = Json::object();
  apply_overrides(document, overrides);
  const Json given = document.contains("data") ? document["data"] : Json::object();
  for (const auto& [key, value] : document.items())
    require<ConfigError>(key == "data",
                         "{} is no setting of data; tacit init takes those of [data] only, such as "
                         "data.time_unit=ms",
                         key);
  if (are_images(path, given)) return look_at_images(path, given);
  if (holds_table(path, given)) return look_at_table(path, given);
  Findings findings;
  findings.data.window = {};
  decide_signals(path, given, findings);
  DataConfig raw = findings.data;
  raw.rate_hz = 0;
  Signals signals = load_signals(raw);
  find_saturation(signals, findings);
  findings.rate_hz = signals.recordings.front().rate_hz;
  findings.labelled = !signals.classes.empty();
  if (findings.data.rate_hz > 0) signals = load_signals(findings.data);
  const size_t in_triads = 3 * find_triads(signals.channels).size();
  findings.triads = in_triads == signals.channels.size();
  findings.data.normalize = findings.triads ? Normalization::sensor : Normalization::zscore;
  const Source source = findings.data.source;
  const Groups groups = groups_of(signals);
  const bool in_columns = source == Source::csv || source == Source::parquet;
  if (in_columns || groups.people.size() > 1) choose_split(groups, findings);
  if (source != Source::npy && source != Source::uci_har) choose_window(signals, findings);
  read_config(findings.data, given, "data");
  if (findings.data.split.by == SplitBy::row)
    for (Recording& recording : signals.recordings) recording.subject.clear();
  const SignalWindows windows(std::move(signals), findings.data.window, findings.data.target);
  const DataOverview seen = overview(windows);
  make_splits(findings.data.split, windows, Rng(1).stream("split"));
  findings.facts.push_back(balance(seen));
  findings.overview = seen.print();
  return findings;
}

}  // namespace tacit
