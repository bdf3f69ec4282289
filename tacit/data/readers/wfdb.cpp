// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/wfdb.h"

#include "tacit/core/files.h"
#include "tacit/data/readers/wfdb_annotations.h"
#include "tacit/data/readers/wfdb_header.h"
#include "tacit/data/readers/wfdb_record.h"
#include "tacit/data/readers/wfdb_segments.h"

namespace tacit {
namespace {

std::vector<Lead> read_leads(const WfdbHeader& header, const std::filesystem::path& file,
                             const std::vector<std::string>& leads,
                             std::vector<std::string>& notes) {
  if (!header.segments.empty()) return read_wfdb_segments(header, file, leads, notes);
  std::vector<std::string> names;
  for (const WfdbSignal& signal : header.signals) names.push_back(signal.name);
  WfdbGaps gaps(file);
  return read_wfdb_leads(header, file, places_of_leads(names, leads, file), gaps, notes);
}

std::vector<Mark> read_marks(const WfdbHeader& header, std::filesystem::path file,
                             const std::string& annotator) {
  file.replace_extension(annotator);
  return parse_wfdb_annotations(read_file(file), header.rate_hz, file);
}

}  // namespace

SignalFile read_wfdb(const std::filesystem::path& header, const std::vector<std::string>& leads,
                     const std::string& annotator) {
  const WfdbHeader parsed = read_wfdb_header(header);
  SignalFile out;
  note_header(parsed, header, out.notes);
  out.leads = read_leads(parsed, header, leads, out.notes);
  if (!annotator.empty()) out.marks = read_marks(parsed, header, annotator);
  return out;
}

}  // namespace tacit
