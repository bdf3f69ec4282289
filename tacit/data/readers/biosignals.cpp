// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/biosignals.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <span>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/edf.h"
#include "tacit/data/readers/labelled_builder.h"
#include "tacit/data/readers/mat.h"
#include "tacit/data/readers/rows.h"
#include "tacit/data/readers/wfdb.h"
#include "tacit/data/readers/wfdb_header.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> endings(BiosignalFormat format) {
  switch (format) {
    case BiosignalFormat::wfdb: return {".hea"};
    case BiosignalFormat::edf: return {".edf", ".edf.gz", ".bdf", ".bdf.gz"};
    case BiosignalFormat::mat: return {".mat"};
  }
  return {};
}

/// Whether labels are those of moments.
bool is_marked(const BiosignalConfig& config) {
  return config.label_from == LabelFrom::marks || config.label_from == LabelFrom::beats ||
         config.label_from == LabelFrom::rhythm;
}

SignalFile read_file(BiosignalFormat format, const fs::path& file, const LongFormConfig& asked,
                     const BiosignalConfig& config) {
  const std::vector<std::string> wanted =
      config.each_lead.empty() ? asked.channels : std::vector<std::string>{};
  switch (format) {
    case BiosignalFormat::wfdb:
      return read_wfdb(file, wanted, is_marked(config) ? config.annotator : "");
    case BiosignalFormat::edf: return read_edf(file, wanted);
    case BiosignalFormat::mat:
      require<ConfigError>(asked.file_rate_hz > 0,
                           "data.file_rate_hz: MATLAB files do not say their rate; give it here");
      return read_mat(file, config.variable, asked.channels, asked.file_rate_hz);
  }
  return {};
}

/// Files but for the headers of segments, which are read as parts of the records that name them.
std::vector<DataFile> whole_records(std::vector<DataFile> files) {
  std::set<fs::path> segments;
  for (const DataFile& file : files)
    for (const WfdbSegment& segment : read_wfdb_header(file.path).segments)
      segments.insert(file.path.parent_path() / (segment.name + ".hea"));
  std::erase_if(files, [&](const DataFile& file) { return segments.contains(file.path); });
  return files;
}

/// Labels by recording, of a text file without a heading.
std::map<std::string, std::string> read_labels(const LongFormConfig& asked,
                                               const BiosignalConfig& config) {
  require<DataError>(fs::exists(asked.path), "data.path: there is no {}", asked.path);
  const fs::path root =
      fs::is_directory(asked.path) ? fs::path(asked.path) : fs::path(asked.path).parent_path();
  const fs::path file = root / config.label_table;  // an absolute path stands for itself
  std::map<std::string, std::string> labels;
  const auto rows = open_csv(file, {.numbers = {}, .texts = {"recording", "label"}},
                             {.columns = {"recording", "label"}});
  while (const auto block = rows->next())
    for (size_t row = 0; row < block->texts[0].size(); ++row) {
      const bool is_new = labels.emplace(block->texts[0][row], block->texts[1][row]).second;
      require<DataError>(is_new, "{}: row {}: recording \"{}\" has a label already", file.string(),
                         block->number(row), block->texts[0][row]);
    }
  return labels;
}

/// The word of a file's path, or "" where none is asked for.
std::string word_of(const DataFile& file, const std::string& hole, const char* field) {
  if (hole.empty()) return "";
  const auto found = file.words.find(hole);
  require<ConfigError>(found != file.words.end(),
                       "{} = \"{}\": data.path_pattern has no {{{}}}; name it there, or say \"\"",
                       field, hole, hole);
  return found->second;
}

void require_alike(std::span<const Lead> leads, const fs::path& path) {
  const Lead& first = leads.front();
  for (const Lead& lead : leads) {
    require<DataError>(lead.rate_hz == first.rate_hz,
                       "{}: lead {} has {} samples a second but {} has {}; name leads of one rate "
                       "in data.channels",
                       path.string(), lead.name, lead.rate_hz, first.name, first.rate_hz);
    require<DataError>(lead.samples.size() == first.samples.size(),
                       "{}: lead {} has {} samples but {} has {}", path.string(), lead.name,
                       lead.samples.size(), first.name, first.samples.size());
  }
}

/// The marks that are asked for. Beats: WFDB Applications Guide, codes of which isbeat() is true.
std::vector<Mark> chosen(std::vector<Mark> marks, LabelFrom from) {
  constexpr std::string_view kBeats = "NLRBAaJSVrFejnE/fQ?";
  constexpr double kBeatSeconds = 0.05;
  if (from == LabelFrom::rhythm)
    std::erase_if(marks, [](const Mark& mark) { return mark.code != "+" || mark.text.empty(); });
  if (from != LabelFrom::beats) return marks;
  std::erase_if(marks, [&](const Mark& mark) {
    return mark.code.size() != 1 || kBeats.find(mark.code) == std::string_view::npos;
  });
  for (Mark& mark : marks) mark.text.clear(), mark.duration = kBeatSeconds;
  return marks;
}

/// The label of a moment: that of the last mark at it or before, while that lasts.
class MarkedLabels {
 public:
  explicit MarkedLabels(const std::vector<Mark>& marks) : marks_(marks) {}
  std::string_view at(double seconds) {
    while (next_ < marks_.size() && marks_[next_].seconds <= seconds) ++next_;
    if (next_ == 0) return "";
    const Mark& mark = marks_[next_ - 1];
    if (mark.duration > 0 && seconds >= mark.seconds + mark.duration) return "";
    return mark.text.empty() ? mark.code : mark.text;
  }

 private:
  const std::vector<Mark>& marks_;
  size_t next_ = 0;
};

class Reader {
 public:
  Reader(BiosignalFormat format, const LongFormConfig& asked, const BiosignalConfig& config)
      : format_(format), asked_(asked), config_(config) {
    if (config.label_from == LabelFrom::table) labels_ = read_labels(asked, config);
    require<ConfigError>(
        format == BiosignalFormat::wfdb ||
            (config.label_from != LabelFrom::beats && config.label_from != LabelFrom::rhythm),
        "data.biosignal.label_from = \"{}\" is for WFDB records; use \"marks\"",
        enum_name(config.label_from));
    require<ConfigError>(asked.scale.empty() || asked.scale.size() == asked.channels.size(),
                         "data.scale has {} factors for {} channels", asked.scale.size(),
                         asked.channels.size());
    require<ConfigError>(config.each_lead.empty() || asked.channels.size() == 1,
                         "data.biosignal.each_lead: each lead becomes one channel, but "
                         "data.channels names {}",
                         asked.channels.size());
    require<ConfigError>(config.each_lead.empty() || format != BiosignalFormat::mat,
                         "data.biosignal.each_lead: leads of MATLAB files have no names");
  }

  void read(const DataFile& file, LabelledBuilder& builder) {
    const SignalFile content = read_file(format_, file.path, asked_, config_);
    for (const std::string& note : content.notes) add_note(note, file);
    const std::span<const Lead> leads(content.leads);
    const std::string label = label_of(file);
    if (config_.each_lead.empty())
      return add(file, file.name, leads, label, content.marks, builder);
    bool has_any = false;
    for (size_t i = 0; i < leads.size(); ++i) {
      if (std::ranges::find(config_.each_lead, leads[i].name) == config_.each_lead.end()) continue;
      add(file, file.name + "/" + leads[i].name, leads.subspan(i, 1), label, content.marks,
          builder);
      has_any = true;
    }
    without_lead_ += has_any ? 0 : 1;
  }

  std::vector<std::string> notes() const {
    std::vector<std::string> notes = notes_;
    if (without_label_ > 0)
      notes.push_back(text("{} recordings are not in {}", without_label_, config_.label_table));
    if (without_lead_ > 0)
      notes.push_back(text("{} files have no lead of data.biosignal.each_lead", without_lead_));
    return notes;
  }

 private:
  void add(const DataFile& file, const std::string& name, std::span<const Lead> leads,
           const std::string& label, const std::vector<Mark>& marks, LabelledBuilder& builder) {
    require_alike(leads, file.path);
    const Lead& first = leads.front();
    builder.begin(name, word_of(file, asked_.subject, "data.subject"), first.rate_hz);
    const std::vector<Mark> kept = chosen(marks, config_.label_from);
    MarkedLabels marked(kept);
    std::vector<float> values(leads.size());
    for (size_t row = 0; row < first.samples.size(); ++row) {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = leads[i].samples[row] *
                    (asked_.scale.empty() ? 1.0F : static_cast<float>(asked_.scale[i]));
      const double seconds = static_cast<double>(row) / first.rate_hz;
      builder.row(values, is_marked(config_) ? marked.at(seconds) : label, seconds);
    }
  }

  /// Each note once, with the first file that it is of.
  void add_note(const std::string& note, const DataFile& file) {
    if (told_.insert(note).second) notes_.push_back(text("{}: {}", file.name, note));
  }

  std::string label_of(const DataFile& file) {
    if (config_.label_from == LabelFrom::path) return word_of(file, asked_.label, "data.label");
    if (config_.label_from != LabelFrom::table) return "";
    auto found = labels_.find(file.name);
    if (found == labels_.end()) found = labels_.find(fs::path(file.name).filename().string());
    if (found == labels_.end()) ++without_label_;
    return found == labels_.end() ? "" : found->second;
  }

  BiosignalFormat format_;
  const LongFormConfig& asked_;
  const BiosignalConfig& config_;
  std::map<std::string, std::string> labels_;
  std::vector<std::string> notes_;
  std::set<std::string> told_;
  int64_t without_label_ = 0, without_lead_ = 0;
};

}  // namespace

Signals read_biosignals(BiosignalFormat format, const LongFormConfig& asked,
                        const BiosignalConfig& config, const std::string& spool) {
  Reader reader(format, asked, config);
  LabelledBuilder builder(asked, spool);
  std::vector<DataFile> files = data_files(asked.path, asked.path_pattern, endings(format));
  if (format == BiosignalFormat::wfdb) files = whole_records(std::move(files));
  for (const DataFile& file : files) reader.read(file, builder);
  Signals signals = builder.finish(asked.path);
  for (const std::string& note : reader.notes()) signals.notes.push_back(note);
  return signals;
}

}  // namespace tacit
