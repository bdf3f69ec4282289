// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/image_overview.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iomanip>
#include <set>
#include <sstream>

#include "tacit/core/files.h"

namespace tacit {
namespace {

using Histogram = std::array<int64_t, 256>;

ImageOverview::Channel measure(const std::string& name, const Histogram& pixels) {
  double count = 0, sum = 0, squares = 0;
  for (size_t value = 0; value < pixels.size(); ++value) {
    const auto times = static_cast<double>(pixels[value]), at = static_cast<double>(value);
    count += times, sum += times * at, squares += times * at * at;
  }
  const double mean = sum / count;
  return {.name = name,
          .mean = mean,
          .deviation = std::sqrt(std::max(0.0, squares / count - mean * mean)),
          .black = static_cast<double>(pixels.front()) / count,
          .white = static_cast<double>(pixels.back()) / count};
}

std::vector<ImageOverview::Class> count_classes(const Images& data) {
  std::vector<ImageOverview::Class> classes;
  for (const std::string& name : data.classes()) classes.push_back({.name = name});
  if (data.target() == Target::number) classes.push_back({.name = "(a number)"});
  int64_t unlabelled = 0;
  for (int64_t row = 0; row < data.size(); ++row) {
    if (!has_label(data, row))
      ++unlabelled;
    else
      ++classes[data.target() == Target::number ? 0 : static_cast<size_t>(data.label(row))].images;
  }
  if (unlabelled > 0) classes.push_back({.name = "(unlabelled)", .images = unlabelled});
  return classes;
}

}  // namespace

ImageOverview overview(const Images& data) {
  const int64_t channels = data.pixels().size(1);
  ImageOverview out{.images = data.size(),
                    .height = data.pixels().size(2),
                    .width = data.pixels().size(3),
                    .classes = count_classes(data),
                    .notes = data.notes()};
  std::vector<Histogram> pixels(static_cast<size_t>(channels));
  std::set<std::string> subjects, seen;
  for (int64_t row = 0; row < data.size(); ++row) {
    const ImageOrigin& about = data.about(row);
    ++out.parts[about.recording];
    if (!about.subject.empty()) subjects.insert(about.subject);
    const Tensor image = data.pixels()[row].contiguous();
    const uint8_t* const bytes = image.const_data_ptr<uint8_t>();
    if (!seen.insert(checksum({{reinterpret_cast<const char*>(bytes), image.nbytes()}})).second)
      ++out.repeated;
    for (int64_t channel = 0; channel < channels; ++channel)
      for (int64_t i = 0; i < out.height * out.width; ++i)
        ++pixels[static_cast<size_t>(channel)][bytes[channel * out.height * out.width + i]];
  }
  out.subjects = static_cast<int64_t>(subjects.size());
  for (size_t channel = 0; channel < pixels.size(); ++channel)
    out.channels.push_back(measure(data.spec().channels.at(channel), pixels[channel]));
  return out;
}

std::string ImageOverview::print() const {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1);
  out << images << " images of " << width << " x " << height << " pixels";
  if (subjects > 0) out << " of " << subjects << " subjects";
  out << "\n";
  for (const auto& [name, count] : parts)
    out << "  part " << (name.empty() ? "(all)" : name) << ": " << count << "\n";
  if (repeated > 0) out << "  " << repeated << " repeat the pixels of another\n";
  out << "classes\n";
  for (const Class& one : classes) out << "  " << one.name << ": " << one.images << "\n";
  out << "pixels, 0 … 255\n";
  for (const Channel& one : channels)
    out << "  " << one.name << ": mean " << one.mean << ", deviation " << one.deviation << ", "
        << 100 * one.black << " % black, " << 100 * one.white << " % white\n";
  for (const std::string& note : notes) out << "note: " << note << "\n";
  return out.str();
}

}  // namespace tacit
