// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/row_columns.h"

#include <string>

#include "tacit/data/windows.h"

namespace tacit {

std::vector<Column> describe_rows(const Examples& examples, int64_t begin, int64_t end) {
  std::vector<int64_t> row;
  std::vector<std::string> recording, subject, label;
  std::vector<double> start;
  std::vector<float> number;
  const auto* windows = dynamic_cast<const SignalWindows*>(&examples);
  for (int64_t i = begin; i < end; ++i) {
    const Origin origin = examples.origin(i);
    row.push_back(i);
    recording.emplace_back(origin.recording);
    subject.emplace_back(origin.subject);
    if (windows != nullptr) {
      const Recording& source = windows->recording(i);
      start.push_back(source.start_seconds + static_cast<double>(origin.begin) / source.rate_hz);
    }
    const int64_t y = examples.label(i);
    label.push_back(y < 0 ? "" : examples.classes()[static_cast<size_t>(y)]);
    number.push_back(examples.number(i));
  }
  std::vector<Column> columns{{"row", row},
                              {windows != nullptr ? "recording" : "file", recording},
                              {windows != nullptr ? "subject" : "group", subject}};
  if (windows != nullptr) columns.push_back({"start_seconds", start});
  if (examples.target() == Target::number)
    columns.push_back({"label", number});
  else
    columns.push_back({"label", label});
  return columns;
}

}  // namespace tacit
