// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/video/frame_labels.h"

#include <algorithm>
#include <cmath>

#include "tacit/core/error.h"
#include "tacit/data/readers/rows.h"

namespace tacit {
namespace {

constexpr double kLargestNumber = 1e15;
constexpr double kSlack = 1e-9;  // seconds: times are sums and quotients

/// Which list of a block a column is in; none where it is not asked for.
class Places {
 public:
  explicit Places(const LabelColumns& columns) {
    const bool is_number = columns.target == Target::number;
    time = place(columns.time, wanted.numbers);
    frame = place(columns.frame, wanted.numbers);
    label = place(columns.label, is_number ? wanted.numbers : wanted.texts);
    segment = place(columns.segment, wanted.texts);
    video = place(columns.video, wanted.texts);
  }

  Columns wanted{};
  std::ptrdiff_t time, frame, label, segment, video;  ///< -1: not asked for

 private:
  static std::ptrdiff_t place(const std::string& name, std::vector<std::string>& list) {
    if (name.empty()) return -1;
    list.push_back(name);
    return std::ssize(list) - 1;
  }
};

/// What a video's rows were so far.
struct Reading {
  LabelRows rows{};
  std::string segment{};
};

/// `value` as it stands in the file.
void require_rising(const std::filesystem::path& file, int64_t row, const std::string& column,
                    double value, bool is_above) {
  require<DataError>(std::isfinite(value), "{}: row {}: {} is missing", file.string(), row, column);
  require<DataError>(is_above, "{}: row {}: {} is {}, and must be above that of the row before",
                     file.string(), row, column, value);
}

void require_number(const std::filesystem::path& file, int64_t row, const std::string& column,
                    double value) {
  require<DataError>(value == std::floor(value) && std::abs(value) < kLargestNumber,
                     "{}: row {}: {} is {}, and must be a whole number", file.string(), row, column,
                     value);
}

float label_in(const std::filesystem::path& file, int64_t row, const std::string& column,
               double value) {
  const auto number = static_cast<float>(value);
  require<DataError>(!std::isinf(number), "{}: row {}: {} is {}, which is no number to learn",
                     file.string(), row, column, value);
  return number;
}

}  // namespace

std::map<std::string, LabelRows> read_label_rows(const std::filesystem::path& file,
                                                 const LabelColumns& columns,
                                                 const Dialect& dialect) {
  const Places places(columns);
  const double unit = columns.unit == FrameTimeUnit::ms ? 1e-3 : 1;
  std::map<std::string, Reading> videos;
  const auto stream = open_rows(file, places.wanted, dialect);
  while (const auto block = stream->next())
    for (size_t row = 0; row < static_cast<size_t>(block->rows); ++row) {
      const auto number = [&](std::ptrdiff_t place) {
        return block->numbers[static_cast<size_t>(place)][row];
      };
      const auto word = [&](std::ptrdiff_t place) {
        return place < 0 ? std::string() : block->texts[static_cast<size_t>(place)][row];
      };
      const int64_t named = block->number(row);
      auto& [rows, segment] = videos[word(places.video)];
      if (places.time >= 0) {
        const double time = number(places.time), seconds = unit * time;
        require_rising(file, named, columns.time, time,
                       rows.seconds.empty() || seconds > rows.seconds.back());
        rows.seconds.push_back(seconds);
      }
      if (places.frame >= 0) {
        const double frame = number(places.frame);
        require_rising(file, named, columns.frame, frame,
                       rows.frames.empty() || frame > static_cast<double>(rows.frames.back()));
        require_number(file, named, columns.frame, frame);
        rows.frames.push_back(static_cast<int64_t>(frame));
      }
      if (places.label >= 0 && columns.target == Target::number)
        rows.numbers.push_back(label_in(file, named, columns.label, number(places.label)));
      else if (places.label >= 0)
        rows.words.push_back(word(places.label));
      if (places.segment >= 0) {
        const std::string now = word(places.segment);
        const int64_t before = rows.segments.empty() ? 0 : rows.segments.back();
        rows.segments.push_back(rows.segments.empty() || now == segment ? before : before + 1);
        segment = now;
      }
    }
  std::map<std::string, LabelRows> out;
  for (auto& [name, reading] : videos) out.emplace(name, std::move(reading.rows));
  return out;
}

RowsOfFrames rows_by_time(std::span<const double> rows, std::span<const double> frames,
                          double within) {
  RowsOfFrames found;
  const double most = within + kSlack;
  for (const double seconds : frames) {
    auto near = std::ranges::lower_bound(rows, seconds);
    if (near == rows.end() ||
        (near != rows.begin() && seconds - *std::prev(near) <= *near - seconds))
      near = near == rows.begin() ? near : std::prev(near);
    const bool is_near = near != rows.end() && std::abs(*near - seconds) <= most;
    found.row.push_back(is_near ? near - rows.begin() : -1);
  }
  for (const double seconds : rows)
    found.outside += seconds < frames.front() - most || seconds > frames.back() + most ? 1 : 0;
  return found;
}

RowsOfFrames rows_by_number(std::span<const int64_t> rows, std::span<const int64_t> frames) {
  RowsOfFrames found;
  for (const int64_t frame : frames) {
    const auto same = std::ranges::lower_bound(rows, frame);
    found.row.push_back(same != rows.end() && *same == frame ? same - rows.begin() : -1);
  }
  for (const int64_t number : rows)
    found.outside += number < frames.front() || number > frames.back() ? 1 : 0;
  return found;
}

std::vector<int64_t> segments_of_frames(const std::vector<int64_t>& segments,
                                        const std::vector<int64_t>& row_of_frame) {
  const auto first = std::ranges::find_if(row_of_frame, [](int64_t row) { return row >= 0; });
  int64_t now = first == row_of_frame.end() ? 0 : segments[static_cast<size_t>(*first)];
  std::vector<int64_t> out;
  for (const int64_t row : row_of_frame) {
    if (row >= 0) now = segments[static_cast<size_t>(row)];
    out.push_back(now);
  }
  return out;
}

}  // namespace tacit
