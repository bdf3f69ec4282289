// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/edf.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "tacit/core/error.h"
#include "tacit/data/readers/edf_annotations.h"
#include "tacit/data/readers/edf_header.h"
#include "tacit/data/readers/file_bytes.h"

namespace tacit {
namespace {

constexpr size_t kLargestFile = size_t{4} << 30;
constexpr double kMostMissing = 1U << 27;  // samples, in all leads

/// The records of a file, behind its header.
struct Records {
  std::string_view bytes;
  int64_t count;
};

/// From `record` on, everything is `seconds` later than without pauses.
struct Pause {
  int64_t record;
  double seconds;
};

/// Where a record begins, as its first annotation says it.
using Onsets = std::vector<std::optional<double>>;

std::string_view part_of(const EdfHeader& header, const EdfSignal& signal, const Records& records,
                         int64_t record) {
  return records.bytes.substr(static_cast<size_t>(record) * header.record_bytes + signal.begin,
                              static_cast<size_t>(signal.samples) * header.sample_bytes);
}

Records records_of(std::string_view bytes, const EdfHeader& header, const std::string& name,
                   std::vector<std::string>& notes) {
  bytes.remove_prefix(header.bytes);
  const auto whole = static_cast<int64_t>(bytes.size() / header.record_bytes);
  require<DataError>(whole >= header.records,
                     "{}: it has {} whole records of {} bytes, and its header promises {}; is it "
                     "cut off?",
                     name, whole, header.record_bytes, header.records);
  require<DataError>(whole >= 1, "{}: it has no whole record of {} bytes behind its header", name,
                     header.record_bytes);
  const int64_t count = header.records < 0 ? whole : header.records;
  const size_t rest = bytes.size() - static_cast<size_t>(count) * header.record_bytes;
  if (header.records < 0)
    notes.push_back(text("the header does not know the number of records; {} are there", count));
  if (rest > 0) notes.push_back(text("{} bytes behind the last record were left out", rest));
  return {bytes.substr(0, bytes.size() - rest), count};
}

std::vector<const EdfSignal*> pick(const EdfHeader& header, const std::vector<std::string>& leads,
                                   const std::string& name) {
  std::vector<const EdfSignal*> ordinary, picked;
  std::vector<std::string> names;
  for (const EdfSignal& signal : header.signals)
    if (!signal.is_annotations) {
      ordinary.push_back(&signal);
      names.push_back(signal.name);
    }
  if (leads.empty()) return ordinary;
  for (const std::string& lead : leads) {
    const auto count = std::ranges::count(names, lead);
    require<DataError>(count == 1, "{}: {} signals are called \"{}\"; there are: {}", name,
                       count == 0 ? "no" : std::to_string(count), lead,
                       names.empty() ? "none" : join(names));
    picked.push_back(ordinary[static_cast<size_t>(std::ranges::find(names, lead) - names.begin())]);
  }
  return picked;
}

/// Adds the annotations of all records to `file` as marks, in seconds since the header's start.
Onsets read_annotations(const EdfHeader& header, const Records& records, SignalFile& file) {
  Onsets onsets;
  int64_t damaged = 0, first_damaged = 0;
  for (int64_t record = 0; record < records.count; ++record) {
    bool is_first = true;
    for (const EdfSignal& signal : header.signals) {
      if (!signal.is_annotations) continue;
      const EdfAnnotations found = edf_annotations(part_of(header, signal, records, record));
      if (is_first)
        onsets.push_back(found.begins_with_onset ? std::optional(found.list[0].onset)
                                                 : std::nullopt);
      is_first = false;
      if (damaged == 0) first_damaged = record + 1;
      damaged += found.damaged;
      for (const EdfAnnotation& each : found.list)
        for (const std::string& words : each.texts)
          if (!words.empty())
            file.marks.push_back(
                {.seconds = each.onset, .duration = each.duration, .code = {}, .text = words});
    }
  }
  if (damaged > 0)
    file.notes.push_back(
        text("{} annotations are damaged and were left out, the first in record {}", damaged,
             first_damaged));
  return onsets;
}

/// Half a sample of the fastest signal: what is closer together is one time.
double half_a_sample(const EdfHeader& header) {
  double fastest = 0;
  for (const EdfSignal& signal : header.signals)
    if (!signal.is_annotations) fastest = std::max(fastest, header.rate_hz(signal));
  return 0.5 / fastest;
}

std::vector<Pause> pauses_in(const EdfHeader& header, const Onsets& onsets,
                             const std::string& name) {
  require<DataError>(!onsets.empty(),
                     "{}: the recording was interrupted, and it has no annotations that say where",
                     name);
  const double tolerance = half_a_sample(header);
  std::vector<Pause> pauses;
  double total = 0;
  for (size_t record = 0; record < onsets.size(); ++record) {
    require<DataError>(onsets[record].has_value(),
                       "{}: the recording was interrupted, and record {} does not say when it "
                       "begins",
                       name, record + 1);
    if (record == 0) continue;
    const double end = *onsets[record - 1] + header.record_seconds;
    const double pause = *onsets[record] - end;
    require<DataError>(pause > -tolerance,
                       "{}: record {} begins at {} s, before the one in front of it ends at {} s",
                       name, record + 1, *onsets[record], end);
    if (pause < tolerance) continue;
    total += pause;
    pauses.push_back({static_cast<int64_t>(record), total});
  }
  return pauses;
}

void check_pauses(const std::vector<Pause>& pauses, const EdfHeader& header,
                  const std::vector<const EdfSignal*>& signals, SignalFile& file,
                  const std::string& name) {
  if (pauses.empty()) return;
  const double seconds = pauses.back().seconds;
  double missing = 0;
  for (const EdfSignal* signal : signals) missing += seconds * header.rate_hz(*signal);
  require<DataError>(missing <= kMostMissing,
                     "{}: it pauses for {} s, which would be {} missing samples; ask for fewer "
                     "leads, or cut the file where it pauses",
                     name, seconds, missing);
  file.notes.push_back(text("the recording pauses {} times, for {} s in all; there samples are NaN",
                            pauses.size(), seconds));
}

/// A continuous file is taken as such; what its records say otherwise is noted.
void compare_onsets(const EdfHeader& header, const Onsets& onsets, SignalFile& file) {
  for (size_t record = 1; record < onsets.size(); ++record) {
    if (!onsets[0] || !onsets[record]) continue;
    const double expected = *onsets[0] + static_cast<double>(record) * header.record_seconds;
    if (std::abs(*onsets[record] - expected) < half_a_sample(header)) continue;
    file.notes.push_back(
        text("record {} says that it begins at {} s, but the file says that it has no pauses; {} s "
             "was taken, and so on",
             record + 1, *onsets[record], expected));
    return;
  }
}

/// The samples of one signal in one record, little-endian whole numbers with a sign.
void append(std::vector<float>& samples, const EdfSignal& signal, std::string_view bytes,
            size_t width) {
  for (size_t i = 0; i < bytes.size(); i += width) {
    uint32_t stored = 0;
    for (size_t byte = 0; byte < width; ++byte)
      stored |= uint32_t{static_cast<unsigned char>(bytes[i + byte])} << (8 * (4 - width + byte));
    const int32_t digital = static_cast<int32_t>(stored) >> (8 * (4 - width));
    samples.push_back(static_cast<float>(signal.physical(digital)));
  }
}

Lead lead_of(const EdfSignal& signal, const EdfHeader& header, const Records& records,
             const std::vector<Pause>& pauses) {
  Lead lead{
      .name = signal.name, .unit = signal.unit, .rate_hz = header.rate_hz(signal), .samples = {}};
  const auto missing = [&](const Pause& pause) {
    return static_cast<size_t>(std::llround(pause.seconds * lead.rate_hz));
  };
  const auto stored = static_cast<size_t>(records.count * signal.samples);
  lead.samples.reserve(stored + (pauses.empty() ? 0 : missing(pauses.back())));
  size_t pause = 0;
  for (int64_t record = 0; record < records.count; ++record) {
    if (pause < pauses.size() && pauses[pause].record == record)
      lead.samples.resize(static_cast<size_t>(record * signal.samples) + missing(pauses[pause++]),
                          std::numeric_limits<float>::quiet_NaN());
    append(lead.samples, signal, part_of(header, signal, records, record), header.sample_bytes);
  }
  return lead;
}

}  // namespace

SignalFile read_edf_bytes(std::string_view bytes, const std::string& name,
                          const std::vector<std::string>& leads) {
  const EdfHeader header = edf_header(bytes, name);
  const std::vector<const EdfSignal*> signals = pick(header, leads, name);
  SignalFile file;
  const Records records = records_of(bytes, header, name, file.notes);
  const Onsets onsets = read_annotations(header, records, file);
  std::vector<Pause> pauses;
  if (header.record_seconds > 0) {
    if (header.interrupted)
      pauses = pauses_in(header, onsets, name);
    else
      compare_onsets(header, onsets, file);
  }
  check_pauses(pauses, header, signals, file, name);
  for (const EdfSignal* signal : signals)
    file.leads.push_back(lead_of(*signal, header, records, pauses));
  const double start = onsets.empty() ? 0 : onsets[0].value_or(0);
  for (Mark& mark : file.marks) mark.seconds -= start;
  std::ranges::stable_sort(file.marks, {}, &Mark::seconds);
  return file;
}

SignalFile read_edf(const std::filesystem::path& file, const std::vector<std::string>& leads) {
  return read_edf_bytes(bytes_of_file(file, kLargestFile), file.string(), leads);
}

}  // namespace tacit
