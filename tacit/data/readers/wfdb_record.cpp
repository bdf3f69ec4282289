// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb_record.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/wfdb_samples.h"

namespace tacit {
namespace {

constexpr int64_t kMostGaps = int64_t{1} << 28;

/// By index into header.files: the places in `which` whose signals are in that file.
std::map<size_t, std::vector<size_t>> places_by_file(const WfdbHeader& header,
                                                     const std::vector<size_t>& which) {
  std::vector<std::optional<size_t>> file_of(header.signals.size());
  for (size_t file = 0; file < header.files.size(); ++file)
    for (size_t i = 0; i < header.files[file].count; ++i)
      file_of[header.files[file].first + i] = file;
  std::map<size_t, std::vector<size_t>> places;
  for (size_t place = 0; place < which.size(); ++place)
    if (const auto file = file_of[which[place]]) places[*file].push_back(place);
  return places;
}

void note_rest(const WfdbSamples& samples, const WfdbSignal& signal, const std::string& where,
               std::vector<std::string>& notes) {
  if (samples.left_over == 0) return;
  notes.push_back(text("{}: {} {} behind the last frame were left out", where, samples.left_over,
                       signal.format > 500 ? "samples a signal" : "bytes"));
}

/// NaN for the leads whose signals have no file.
void fill_without_file(const WfdbHeader& header, const std::vector<size_t>& which, int64_t frames,
                       WfdbGaps& gaps, std::vector<Lead>& leads) {
  const auto each = [&](size_t place) -> int64_t {
    const WfdbSignal& signal = header.signals[which[place]];
    return signal.format == 0 ? signal.samples_per_frame : 0;
  };
  for (size_t i = 0; i < which.size(); ++i) gaps.add(frames, each(i));
  for (size_t i = 0; i < which.size(); ++i)
    if (each(i) > 0)
      leads[i].samples.assign(static_cast<size_t>(frames * each(i)),
                              std::numeric_limits<float>::quiet_NaN());
}

}  // namespace

void WfdbGaps::add(int64_t frames, int64_t each) {
  int64_t values = 0;
  require<DataError>(!__builtin_mul_overflow(frames, each, &values) &&
                         !__builtin_add_overflow(values, values_, &values_) && values_ <= kMostGaps,
                     "{}: it asks for more than {} values that no file holds; ask for fewer leads",
                     file_.string(), kMostGaps);
}

void note_header(const WfdbHeader& header, const std::filesystem::path& file,
                 std::vector<std::string>& notes) {
  if (header.lines_left_out > 0)
    notes.push_back(text("{}: {} lines behind the last one promised were left out", file.string(),
                         header.lines_left_out));
  if (header.ends_within_line)
    notes.push_back(
        text("{}: its last line has no end; if the file was cut there, what the line "
             "says of the lead may be wrong",
             file.string()));
}

std::vector<size_t> places_of_leads(const std::vector<std::string>& names,
                                    const std::vector<std::string>& leads,
                                    const std::filesystem::path& file) {
  std::vector<size_t> places(leads.empty() ? names.size() : leads.size());
  std::iota(places.begin(), places.end(), size_t{0});
  for (size_t i = 0; i < leads.size(); ++i) {
    const auto found = std::ranges::find(names, leads[i]);
    require<DataError>(found != names.end(), "{}: {}", file.string(),
                       unknown_name("lead", leads[i], names));
    require<DataError>(std::find(found + 1, names.end(), leads[i]) == names.end(),
                       "{}: two of its leads are called \"{}\"; rename one in the header",
                       file.string(), leads[i]);
    places[i] = static_cast<size_t>(found - names.begin());
  }
  return places;
}

std::vector<Lead> read_wfdb_leads(const WfdbHeader& header, const std::filesystem::path& file,
                                  const std::vector<size_t>& which, WfdbGaps& gaps,
                                  std::vector<std::string>& notes) {
  std::vector<Lead> leads;
  for (const size_t index : which) {
    const WfdbSignal& signal = header.signals[index];
    leads.push_back({signal.name, signal.unit, header.rate_hz * signal.samples_per_frame, {}});
  }
  std::optional<int64_t> frames = header.frames;
  for (const auto& [index, places] : places_by_file(header, which)) {
    const auto& [name, first, count] = header.files[index];
    const std::filesystem::path path = file.parent_path() / name;
    const std::string where = text("{} of record {}", path.string(), header.record);
    std::vector<size_t> wanted;
    for (const size_t place : places) wanted.push_back(which[place] - first);
    WfdbSamples samples =
        decode_wfdb(read_file(path), std::span(header.signals).subspan(first, count), wanted,
                    header.frames, where);
    note_rest(samples, header.signals[first], where, notes);
    require<DataError>(samples.frames == frames.value_or(samples.frames),
                       "{}: it holds {} samples a signal and another file of the record {}; say in "
                       "the header how many are meant",
                       where, samples.frames, frames.value_or(0));
    frames = samples.frames;
    for (size_t i = 0; i < places.size(); ++i)
      leads[places[i]].samples = std::move(samples.leads[i]);
  }
  fill_without_file(header, which, frames.value_or(0), gaps, leads);
  return leads;
}

}  // namespace tacit
