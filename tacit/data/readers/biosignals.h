// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

enum class BiosignalFormat {
  wfdb,  ///< records of PhysioNet: .hea with its files of samples and annotations
  edf,   ///< .edf and .bdf, plain or .gz, with the annotations in them
  mat    ///< MATLAB: one numeric array a file
};

/// Where a label is taken from.
enum class LabelFrom {
  none,
  path,   ///< the word of data.path_pattern that data.label names
  table,  ///< a text file of two columns, recording and label
  marks,  ///< notes in time: each holds until the next
  beats,  ///< of WFDB records, the notes of heart beats: each holds for a twentieth of a second
  rhythm  ///< of WFDB records, the notes of a change of rhythm: each holds until the next
};
inline std::vector<std::string> names(LabelFrom) {
  return {"none", "path", "table", "marks", "beats", "rhythm"};
}

/// The table [data.biosignal] of a recipe.
struct BiosignalConfig {
  std::string annotator = "atr";
  std::string variable = "val";
  LabelFrom label_from = LabelFrom::none;
  std::string label_table = "REFERENCE.csv";
  std::vector<std::string> each_lead{};
};
template <class Visitor>
void describe(Visitor& visit, BiosignalConfig& config) {
  visit("annotator", config.annotator,
        "of WFDB records: ending of the annotation files, for marks, beats and rhythm");
  visit("variable", config.variable, "of MATLAB files: the array that holds the samples");
  visit(
      "label_from", config.label_from,
      "none; the word of data.path_pattern that data.label names; a table of recordings; or marks "
      "in time, each of which holds until the next; of WFDB records also beats (for "
      "data.window.per_label) or rhythm alone");
  visit("label_table", config.label_table,
        "of label_from = \"table\": text file of two columns without a heading, recording and "
        "label; in the folder data.path unless it names another");
  visit("each_lead", config.each_lead,
        "names of leads that are read one by one, as files of many sources call them: each is a "
        "recording of its own, with the one channel of data.channels; empty: the leads of "
        "data.channels together");
}

/// Reads all files of a format in a folder, or a single one; headers of segments only as parts of
/// the records that name them. A recording is called by its path in
/// the folder without the ending; of `asked` count path, path_pattern, subject (a word of the
/// pattern, or "" where nobody is named), label, channels (leads, all of one rate), scale, classes,
/// missing, max_gap_seconds and, for MATLAB files, file_rate_hz. With each_lead a recording is
/// called NAME/LEAD, and files without any of the leads are left out with a note. A mark's label is
/// its text, or its code where it has none; a beat's is its code, as "N" or "V"; a rhythm's is its
/// text, as "(AFIB". Throws DataError (what files hold) and ConfigError (what was asked).
Signals read_biosignals(BiosignalFormat format, const LongFormConfig& asked,
                        const BiosignalConfig& config, const std::string& spool);

}  // namespace tacit
