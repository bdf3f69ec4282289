// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/overview.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <limits>
#include <set>
#include <sstream>

namespace tacit {
namespace {

DataOverview::Channel summarize(const Signals& signals, int64_t channel) {
  DataOverview::Channel summary{.name = signals.channels[static_cast<size_t>(channel)],
                                .lowest = std::numeric_limits<double>::infinity(),
                                .highest = -std::numeric_limits<double>::infinity()};
  double count = 0, squares = 0;  // Welford 1962
  for (const Recording& recording : signals.recordings) {
    const Tensor& samples = recording.samples;
    const float* const data = samples.const_data_ptr<float>() + channel * samples.stride(0);
    for (int64_t step = 0; step < recording.length(); ++step) {
      const double value = data[step * samples.stride(1)], from_mean = value - summary.mean;
      summary.mean += from_mean / ++count;
      squares += from_mean * (value - summary.mean);
      summary.lowest = std::min(summary.lowest, value);
      summary.highest = std::max(summary.highest, value);
    }
  }
  summary.deviation = std::sqrt(squares / count);
  return summary;
}

std::vector<DataOverview::Class> count_classes(const SignalWindows& data) {
  std::vector<DataOverview::Class> classes;
  const bool numbers = data.target() == Target::number;
  if (numbers) classes.push_back({.name = "(a number)"});
  for (const std::string& name : data.classes()) classes.push_back({.name = name});
  classes.push_back({.name = "(unlabelled)"});
  std::vector<std::set<std::string>> people(classes.size());
  for (int64_t row = 0; row < data.size(); ++row) {
    const size_t index = !has_label(data, row) ? classes.size() - 1
                         : numbers             ? 0
                                               : static_cast<size_t>(data.label(row));
    ++classes[index].windows;
    if (!data.recording(row).subject.empty()) people[index].insert(data.recording(row).subject);
  }
  for (size_t i = 0; i < classes.size(); ++i)
    classes[i].people = static_cast<int64_t>(people[i].size());
  if (classes.back().windows == 0) classes.pop_back();
  return classes;
}

int widest(const auto& rows) {
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.name.size());
  return static_cast<int>(width);
}

}  // namespace

DataOverview overview(const SignalWindows& data) {
  const Signals& signals = data.signals();
  DataOverview out{.stretches = static_cast<int64_t>(signals.recordings.size()),
                   .rate_hz = data.spec().rate_hz,
                   .window_length = data.length(),
                   .windows = data.size(),
                   .classes = count_classes(data),
                   .channels = {},
                   .notes = signals.notes};
  std::set<std::string> names, people;
  double samples = 0;
  for (const Recording& recording : signals.recordings) {
    names.insert(recording.name);
    if (!recording.subject.empty()) people.insert(recording.subject);
    samples += static_cast<double>(recording.length());
  }
  out.recordings = static_cast<int64_t>(names.size());
  out.people = static_cast<int64_t>(people.size());
  if (out.rate_hz > 0) out.hours = samples / out.rate_hz / 3600;
  for (int64_t channel = 0; channel < static_cast<int64_t>(signals.channels.size()); ++channel)
    out.channels.push_back(summarize(signals, channel));
  return out;
}

std::string DataOverview::print() const {
  std::ostringstream out;
  out << recordings << " recordings";
  if (stretches != recordings) out << " in " << stretches << " stretches without a gap";
  if (people > 0) out << " of " << people << " people";
  out << std::fixed << std::setprecision(2) << ", " << hours << " hours at " << std::defaultfloat
      << std::setprecision(6) << rate_hz << " Hz\n"
      << windows << " windows of " << window_length << " samples\n\n";
  const int label_width = widest(classes), channel_width = widest(channels);
  for (const Class& row : classes) {
    out << "  " << std::left << std::setw(label_width) << row.name << std::right << std::setw(9)
        << row.windows << " windows";
    if (people > 0) out << std::setw(6) << row.people << " people";
    out << "\n";
  }
  out << "\n  " << std::string(static_cast<size_t>(channel_width), ' ')
      << "        mean   deviation      lowest     highest\n"
      << std::setprecision(4);
  for (const Channel& row : channels)
    out << "  " << std::left << std::setw(channel_width) << row.name << std::right << std::setw(12)
        << row.mean << std::setw(12) << row.deviation << std::setw(12) << row.lowest
        << std::setw(12) << row.highest << "\n";
  for (const std::string& note : notes) out << "\n" << note;
  if (!notes.empty()) out << "\n";
  return out.str();
}

}  // namespace tacit
