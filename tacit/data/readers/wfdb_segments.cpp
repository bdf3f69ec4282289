// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_segments.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/data/readers/wfdb_record.h"

namespace tacit {
namespace {

/// A segment with what its own header says; nothing for a time without samples.
struct Part {
  std::filesystem::path file{};
  int64_t frames = 0;
  std::shared_ptr<const WfdbHeader> header{};
  std::vector<std::optional<size_t>> signals{};  ///< of each lead asked for, if it has it
};

WfdbHeader read_segment_header(const WfdbHeader& record, const std::filesystem::path& file,
                               int64_t frames) {
  WfdbHeader header = read_wfdb_header(file);
  require<DataError>(header.segments.empty(),
                     "{}: it is a segment of record {} and has segments itself, which the format "
                     "does not allow",
                     file.string(), record.record);
  require<DataError>(header.rate_hz == record.rate_hz,
                     "{}: its rate is {} Hz, but that of record {} is {}", file.string(),
                     header.rate_hz, record.record, record.rate_hz);
  if (!header.frames) header.frames = frames;
  return header;
}

std::vector<Part> read_parts(const WfdbHeader& record, const std::filesystem::path& file,
                             std::vector<std::string>& notes) {
  std::map<std::string, std::shared_ptr<const WfdbHeader>> known;  // a segment may come again
  std::vector<Part> parts;
  for (const auto& [name, frames] : record.segments) {
    if (name == "~") {
      parts.push_back({file, frames, nullptr, {}});
      continue;
    }
    const std::filesystem::path path = file.parent_path() / (name + ".hea");
    auto& header = known[name];
    if (header == nullptr) {
      header = std::make_shared<const WfdbHeader>(read_segment_header(record, path, frames));
      note_header(*header, path, notes);
    }
    require<DataError>(header->frames == frames,
                       "{}: it has {} samples a signal, but the header of record {} says {}",
                       path.string(), header->frames.value_or(0), record.record, frames);
    parts.push_back({path, frames, header, {}});
  }
  return parts;
}

/// Adds up what the segments promise, which must be what the record promises.
void check_length(const WfdbHeader& header, const std::filesystem::path& file) {
  int64_t sum = 0;
  for (const WfdbSegment& segment : header.segments)
    require<DataError>(!__builtin_add_overflow(sum, segment.frames, &sum),
                       "{}: its segments are too long", file.string());
  require<DataError>(header.frames.value_or(sum) == sum,
                     "{}: it promises {} samples a signal and its segments come to {}",
                     file.string(), header.frames.value_or(0), sum);
}

std::vector<std::string> names_in(const WfdbHeader& header) {
  std::vector<std::string> names;
  for (const WfdbSignal& signal : header.signals) names.push_back(signal.name);
  return names;
}

/// Finds the layout's leads by name in each part.
void find_by_name(std::vector<Part>& parts, const WfdbHeader& layout,
                  const std::vector<size_t>& which) {
  for (Part& part : parts) {
    part.signals.resize(which.size());
    if (part.header == nullptr) continue;
    std::multimap<std::string_view, size_t> places;
    for (size_t i = 0; i < part.header->signals.size(); ++i)
      places.emplace(part.header->signals[i].name, i);
    for (size_t i = 0; i < which.size(); ++i) {
      const std::string& name = layout.signals[which[i]].name;
      const auto [found, end] = places.equal_range(name);
      if (found == end) continue;
      require<DataError>(std::next(found) == end, "{}: two of its leads are called \"{}\"",
                         part.file.string(), name);
      part.signals[i] = found->second;
    }
  }
}

/// The same signals in each part that has samples.
void find_by_place(std::vector<Part>& parts, const std::vector<size_t>& which, int64_t count) {
  for (Part& part : parts) {
    part.signals.resize(which.size());
    if (part.header == nullptr) continue;
    require<DataError>(part.header->signal_count == count,
                       "{}: it has {} signals, but its record {}", part.file.string(),
                       part.header->signal_count, count);
    part.signals.assign(which.begin(), which.end());
  }
}

/// What a unit that is left out means.
std::string_view unit_of(const WfdbSignal& signal) {
  return signal.unit.empty() ? "mV" : std::string_view(signal.unit);
}

/// The lead at `place` as the first part that holds it has it, and as all others must; `other` when
/// none does.
const WfdbSignal& describe(const std::vector<Part>& parts, size_t place, const WfdbSignal& other) {
  const WfdbSignal* first = nullptr;
  for (const Part& part : parts) {
    if (!part.signals[place] || part.frames == 0) continue;
    const WfdbSignal& signal = part.header->signals[*part.signals[place]];
    if (first == nullptr) first = &signal;
    require<DataError>(
        signal.samples_per_frame == first->samples_per_frame && unit_of(signal) == unit_of(*first),
        "{}: lead \"{}\" has {} samples a frame and the unit {}, but {} and {} in a "
        "segment before",
        part.file.string(), other.name, signal.samples_per_frame, unit_of(signal),
        first->samples_per_frame, unit_of(*first));
  }
  return first == nullptr ? other : *first;
}

/// A lead that grows, and its samples a frame.
struct Growing {
  Lead lead{};
  int64_t each = 1;
};

/// Appends what a part holds, and NaN for the leads that it does not.
void append(const Part& part, std::vector<Growing>& leads, WfdbGaps& gaps,
            std::vector<std::string>& notes) {
  std::vector<size_t> which, places;
  for (size_t i = 0; i < leads.size(); ++i) {
    if (part.signals[i]) {
      which.push_back(*part.signals[i]);
      places.push_back(i);
      continue;
    }
    auto& [lead, each] = leads[i];
    lead.samples.resize(lead.samples.size() + static_cast<size_t>(part.frames * each),
                        std::numeric_limits<float>::quiet_NaN());
  }
  if (which.empty()) return;
  const std::vector<Lead> read = read_wfdb_leads(*part.header, part.file, which, gaps, notes);
  for (size_t i = 0; i < read.size(); ++i) {
    auto& samples = leads[places[i]].lead.samples;
    samples.insert(samples.end(), read[i].samples.begin(), read[i].samples.end());
  }
}

/// Counts what no file holds: parts without a lead, and parts that come again.
void count_gaps(const std::vector<Part>& parts, const std::vector<Growing>& leads, WfdbGaps& gaps) {
  std::set<std::filesystem::path> seen;
  for (const Part& part : parts) {
    const bool again = part.header != nullptr && !seen.insert(part.file).second;
    for (size_t i = 0; i < leads.size(); ++i)
      if (again || !part.signals[i]) gaps.add(part.frames, leads[i].each);
  }
}

}  // namespace

std::vector<Lead> read_wfdb_segments(const WfdbHeader& header, const std::filesystem::path& file,
                                     const std::vector<std::string>& leads,
                                     std::vector<std::string>& notes) {
  check_length(header, file);
  std::vector<Part> parts = read_parts(header, file, notes);
  const auto named =
      std::ranges::find_if(parts, [](const Part& each) { return each.header != nullptr; });
  require<DataError>(named != parts.end(), "{}: none of its segments has signals", file.string());
  const auto layout = named->header;
  const bool is_variable = parts.front().header != nullptr && parts.front().frames == 0;
  const std::vector<size_t> which = places_of_leads(names_in(*layout), leads, file);
  if (is_variable) find_by_name(parts, *layout, which);
  if (!is_variable) find_by_place(parts, which, header.signal_count);

  std::vector<Growing> growing;
  for (size_t i = 0; i < which.size(); ++i) {
    const WfdbSignal& own = layout->signals[which[i]];
    const WfdbSignal& signal = describe(parts, i, own);
    const double rate_hz = header.rate_hz * signal.samples_per_frame;
    growing.push_back({{own.name, signal.unit, rate_hz, {}}, signal.samples_per_frame});
  }
  WfdbGaps gaps(file);
  count_gaps(parts, growing, gaps);
  for (const Part& part : parts)
    if (part.frames > 0) append(part, growing, gaps, notes);
  std::vector<Lead> out;
  for (Growing& each : growing) out.push_back(std::move(each.lead));
  return out;
}

}  // namespace tacit
