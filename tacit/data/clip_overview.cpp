// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/clip_overview.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <set>
#include <sstream>

namespace tacit {
namespace {

void add_numbers(const Clips& data, ClipOverview& out) {
  double squares = 0;  // Welford 1962
  for (int64_t row = 0; row < data.size(); ++row) {
    if (!has_label(data, row)) continue;
    const double value = data.number(row), from_mean = value - out.mean;
    out.lowest = out.numbers == 0 ? value : std::min(out.lowest, value);
    out.highest = out.numbers == 0 ? value : std::max(out.highest, value);
    out.mean += from_mean / static_cast<double>(++out.numbers);
    squares += from_mean * (value - out.mean);
  }
  if (out.numbers > 0) out.deviation = std::sqrt(squares / static_cast<double>(out.numbers));
}

void count_classes(const Clips& data, ClipOverview& out) {
  for (const std::string& name : data.classes()) out.classes.push_back({name});
  out.classes.push_back({"(unlabelled)"});
  for (int64_t row = 0; row < data.size(); ++row) {
    const int64_t label = data.label(row);
    ++out.classes[label < 0 ? out.classes.size() - 1 : static_cast<size_t>(label)].clips;
  }
  if (out.classes.back().clips == 0) out.classes.pop_back();
}

}  // namespace

ClipOverview overview(const Clips& data) {
  const std::vector<int64_t>& shape = data.spec().shape;
  ClipOverview out{.height = shape[2],
                   .width = shape[3],
                   .frames = shape[1],
                   .rate_hz = data.spec().rate_hz,
                   .notes = data.notes()};
  for (const Video& video : data.videos().videos)
    out.videos.push_back({.name = video.name, .subject = video.subject, .frames = video.length()});
  for (size_t i = 0; i < out.videos.size(); ++i) {
    const Video& video = data.videos().videos[i];
    for (const Take& take : takes_of(video, data.longest_pause_seconds())) {
      ++out.videos[i].takes;
      out.videos[i].seconds += video.seconds[static_cast<size_t>(take.end - 1)] -
                               video.seconds[static_cast<size_t>(take.begin)];
    }
  }
  for (const Clip& clip : data.clips()) ++out.videos[static_cast<size_t>(clip.video)].clips;
  if (data.target() == Target::number)
    add_numbers(data, out);
  else
    count_classes(data, out);
  return out;
}

std::string ClipOverview::print() const {
  std::ostringstream out;
  int64_t clips = 0;
  double seconds = 0;
  size_t widest = 0;
  for (const Camera& video : videos) {
    clips += video.clips, seconds += video.seconds;
    widest = std::max(widest, video.name.size());
  }
  out << videos.size() << (videos.size() == 1 ? " video" : " videos") << ", " << std::fixed
      << std::setprecision(1) << seconds / 60 << " minutes, " << height << " x " << width
      << " pixels\n"
      << clips << " clips of " << frames << " frames at " << std::defaultfloat
      << std::setprecision(6) << rate_hz << " a second\n\n";
  for (const Camera& video : videos)
    out << "  " << std::left << std::setw(static_cast<int>(widest)) << video.name << std::right
        << std::setw(9) << video.frames << " frames" << std::setw(6) << video.takes << " takes"
        << std::setw(9) << video.clips << " clips"
        << (video.subject.empty() ? "" : "   " + video.subject) << "\n";
  out << "\n";
  for (const Class& row : classes) out << "  " << row.name << "  " << row.clips << " clips\n";
  if (numbers > 0)
    out << "  " << numbers << " clips have a number: mean " << std::setprecision(4) << mean
        << ", deviation " << deviation << ", " << lowest << " … " << highest << "\n";
  else if (classes.empty())
    out << "  no clip has a label\n";
  for (const std::string& note : notes) out << "\n" << note;
  if (!notes.empty()) out << "\n";
  return out.str();
}

}  // namespace tacit
