// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/write_long_form.h"

#include "tacit/data/table_writer.h"

namespace tacit {
namespace {

/// The label of each sample, "" without one.
std::vector<std::string> labels_of(const Signals& signals, const Recording& recording) {
  std::vector<std::string> labels(static_cast<size_t>(recording.length()));
  for (const LabelSpan& span : recording.labels)
    for (int64_t step = span.begin; span.label >= 0 && step < span.end; ++step)
      labels[static_cast<size_t>(step)] = signals.classes[static_cast<size_t>(span.label)];
  return labels;
}

std::vector<Column> rows_of(const Signals& signals, const Recording& recording) {
  const auto length = static_cast<size_t>(recording.length());
  std::vector<double> t(length);
  for (size_t step = 0; step < length; ++step)
    t[step] = recording.start_seconds + static_cast<double>(step) / recording.rate_hz;
  std::vector<Column> rows{{"subject", std::vector<std::string>(length, recording.subject)},
                           {"experiment", std::vector<std::string>(length, recording.name)},
                           {"activity", labels_of(signals, recording)},
                           {"t", std::move(t)}};
  const Tensor samples = recording.samples.contiguous();
  for (size_t channel = 0; channel < signals.channels.size(); ++channel) {
    const float* first = samples.const_data_ptr<float>() + channel * length;
    rows.push_back({signals.channels[channel], std::vector<float>(first, first + length)});
  }
  return rows;
}

}  // namespace

void write_long_form(const Signals& signals, const std::filesystem::path& file) {
  const auto table = create_table(file);
  for (const Recording& recording : signals.recordings) table->add(rows_of(signals, recording));
  table->finish();
}

}  // namespace tacit
