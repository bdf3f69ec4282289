// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/row_columns.h"

#include <string>

#include "tacit/data/clips.h"
#include "tacit/data/images.h"
#include "tacit/data/windows.h"

namespace tacit {

std::vector<Column> describe_rows(const Examples& examples, int64_t begin, int64_t end) {
  std::vector<int64_t> row;
  std::vector<std::string> name, recording, subject, label;
  std::vector<double> start;
  std::vector<float> number;
  const auto* windows = dynamic_cast<const SignalWindows*>(&examples);
  const auto* images = dynamic_cast<const Images*>(&examples);
  const auto* clips = dynamic_cast<const Clips*>(&examples);
  const bool is_table = windows == nullptr && images == nullptr && clips == nullptr;
  for (int64_t i = begin; i < end; ++i) {
    const Origin origin = examples.origin(i);
    row.push_back(i);
    recording.emplace_back(origin.recording);
    subject.emplace_back(origin.subject);
    if (windows != nullptr) {
      const Recording& source = windows->recording(i);
      start.push_back(source.start_seconds + static_cast<double>(origin.begin) / source.rate_hz);
    }
    if (clips != nullptr)
      start.push_back(clips->video(i).seconds[static_cast<size_t>(origin.begin)]);
    if (images != nullptr) name.push_back(images->about(i).name);
    const int64_t y = examples.label(i);
    label.push_back(y < 0 ? "" : examples.classes()[static_cast<size_t>(y)]);
    number.push_back(examples.number(i));
  }
  std::vector<Column> columns{{"row", row},
                              {is_table ? "file" : "recording", recording},
                              {is_table ? "group" : "subject", subject}};
  if (images != nullptr) columns.push_back({"name", name});
  if (windows != nullptr || clips != nullptr) columns.push_back({"start_seconds", start});
  if (examples.target() == Target::number)
    columns.push_back({"label", number});
  else
    columns.push_back({"label", label});
  return columns;
}

}  // namespace tacit
