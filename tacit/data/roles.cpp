// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/roles.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/name_words.h"
#include "tacit/data/path_roles.h"
#include "tacit/data/triads.h"

namespace tacit {
namespace {

bool is_called_time(const std::string& name) {
  return has_any(words_of(name),
                 {"time", "timestamp", "timestamps",   "ts",    "t",       "datetime",
                  "date", "epoch",     "elapsed",      "clock", "seconds", "sec",
                  "secs", "millis",    "milliseconds", "ms",    "us",      "ns",
                  "utc",  "zeit",      "zeitstempel",  "tijd",  "temps",   "tiempo"});
}
bool is_called_subject(const std::string& name) {
  return has_any(words_of(name), {"subject", "subjects", "subj", "sub", "user", "userid", "uid",
                                  "person", "participant", "pid", "volunteer", "patient", "proband",
                                  "people", "who", "name", "subjectid", "personid", "teilnehmer"});
}
bool is_called_label(const std::string& name) {
  return has_any(words_of(name),
                 {"label",      "labels",    "class",    "classes",  "activity",   "activities",
                  "act",        "action",    "gesture",  "target",   "annotation", "behaviour",
                  "behavior",   "exercise",  "movement", "state",    "activityid", "gt",
                  "aktivitaet", "aktivität", "klasse",   "activité", "actividad"});
}
bool is_called_recording(const std::string& name) {
  return has_any(words_of(name), {"recording", "record", "rec", "session", "trial", "experiment",
                                  "exp", "run", "file", "sequence", "seq", "segment", "device"});
}
bool is_called_index(const std::string& name) {
  return has_any(words_of(name), {"index", "idx", "row", "unnamed", "sample", "samples", "counter",
                                  "frame", "nr", "no"});
}

constexpr const char* kAnotherClock = "another clock";

/// Takes the columns apart, role by role.
class Guess {
 public:
  Guess(const Survey& survey, const Json& given) : survey_(survey), given_(given) {}

  Roles run() {
    take_given();
    label();
    subject();
    paths();
    time();
    recording();
    channels();
    require_one_clock();
    return std::move(roles_);
  }

 private:
  using Test = bool (*)(const std::string&);

  void take_given() {
    const auto word = [&](const char* key, std::string& role) {
      if (given_.contains(key) && given_[key].is_string()) use(role = given_[key]);
    };
    word("label", roles_.label);
    word("subject", roles_.subject);
    word("time", roles_.time);
    word("path_pattern", roles_.path_pattern);
    for (const std::string& hole : holes_of(roles_.path_pattern)) use(hole);
    for (const char* key : {"recording", "channels"}) {
      if (!given_.contains(key) || !given_[key].is_array()) continue;
      for (const Json& name : given_[key])
        if (name.is_string()) use(name);
    }
  }

  bool is_given(const char* key) const { return given_.contains(key); }
  bool is_free(const ColumnProfile& column) const { return !used_.contains(column.name); }
  void use(const std::string& name) { used_.insert(name); }
  bool is_unnamed(const ColumnProfile& column) const {
    const auto& names = survey_.text.columns;
    const auto found = std::find(names.begin(), names.end(), column.name);
    return found != names.end() && column.name == text("c{}", 1 + (found - names.begin()));
  }

  /// Named columns of whole cells that repeat: the first of texts, else the first.
  const ColumnProfile* named(Test called) const {
    const ColumnProfile* best = nullptr;
    for (const ColumnProfile& column : survey_.columns) {
      const bool repeats = column.values.size() < ColumnProfile::kMostValues &&
                           (2 * static_cast<int64_t>(column.values.size()) <= column.filled() ||
                            column.is_constant());
      if (!is_free(column) || !called(column.name) || !repeats || column.is_instant() ||
          (column.is_number() && !column.whole))
        continue;
      if (best == nullptr || (best->is_number() && !column.is_number())) best = &column;
    }
    return best;
  }

  void label() {
    if (is_given("label")) return;
    const ColumnProfile* found = named(is_called_label);
    if (found == nullptr)
      found = by_cells(
          [](const ColumnProfile& column) {
            const auto activities =
                std::count_if(column.values.begin(), column.values.end(), is_activity);
            return !column.is_number() &&
                   2 * activities > static_cast<int64_t>(column.values.size());
          },
          "the label, because its cells name activities");
    if (found == nullptr)
      found = by_cells(
          [this](const ColumnProfile& column) {
            return is_unnamed(column) && !column.is_number() && column.is_group();
          },
          "the label, because its texts rarely change");
    if (found == nullptr) return;
    use(roles_.label = found->name);
  }

  void subject() {
    if (is_given("subject")) return;
    const ColumnProfile* found = named(is_called_subject);
    if (found == nullptr)
      found = by_cells(
          [](const ColumnProfile& column) {
            return words_of(column.name).contains("id") && column.is_group();
          },
          "the person, because it is called an id and rarely changes");
    if (found == nullptr)
      found = by_cells(
          [this](const ColumnProfile& column) {
            return is_unnamed(column) && column.is_group() && !column.is_clock();
          },
          "the person, because it rarely changes");
    if (found == nullptr) return;
    use(roles_.subject = found->name);
  }

  template <class Accept>
  const ColumnProfile* by_cells(const Accept& accept, const char* what) {
    for (const ColumnProfile& column : survey_.columns) {
      if (!is_free(column) || !accept(column)) continue;
      roles_.reasons.push_back(text("column \"{}\" was taken for {}", column.name, what));
      return &column;
    }
    return nullptr;
  }

  /// Folders and files may say what no column does.
  void paths() {
    if (is_given("path_pattern")) return;
    const bool want_subject = roles_.subject.empty() && !is_given("subject");
    const bool want_label = roles_.label.empty() && !is_given("label");
    if (!want_subject && !want_label) return;
    roles_.path_pattern =
        guess_path_pattern(survey_.files, want_subject, want_label, roles_.reasons);
    for (const std::string& hole : holes_of(roles_.path_pattern)) {
      if (hole == "subject") roles_.subject = hole;
      if (hole == "label") roles_.label = hole;
    }
  }

  bool may_be_time(const ColumnProfile& column) const {
    return is_free(column) && (column.is_number() || column.is_instant()) &&
           column.grows > column.filled() / 3;
  }

  void time() {
    std::vector<const ColumnProfile*> clocks;
    for (const ColumnProfile& column : survey_.columns) {
      if (!may_be_time(column)) continue;
      const bool called = is_called_time(column.name) && !is_called_index(column.name);
      if (column.is_instant() || called ||
          (column.is_clock() && !column.is_counter() && is_unnamed(column)))
        clocks.push_back(&column);
    }
    if (!is_given("time") && !clocks.empty()) {
      // The finest of several: a clock of whole seconds stands still for most rows.
      const auto best = std::max_element(clocks.begin(), clocks.end(), [](auto* a, auto* b) {
        return a->values.size() < b->values.size();
      });
      roles_.time = (*best)->name;
      if (is_unnamed(**best))
        roles_.reasons.push_back(
            text("column \"{}\" was taken for the time, because it grows", roles_.time));
    }
    for (const ColumnProfile* clock : clocks) {
      use(clock->name);
      if (clock->name != roles_.time) roles_.left_out.emplace_back(clock->name, kAnotherClock);
    }
    if (roles_.time.empty() && !is_given("time")) coarse();
  }

  /// A clock that stands still for most rows, or goes back for many, is still meant as one.
  void coarse() {
    for (const ColumnProfile& column : survey_.columns) {
      const bool called = is_called_time(column.name) && !is_called_index(column.name);
      if (!is_free(column) || !called || (!column.is_number() && !column.is_instant()) ||
          column.is_constant())
        continue;
      use(roles_.time = column.name);
      return;
    }
  }

  void recording() {
    if (is_given("recording")) {
      roles_.recording = given_["recording"].get<std::vector<std::string>>();
      return;
    }
    for (const ColumnProfile& column : survey_.columns) {
      if (!is_free(column) || !is_called_recording(column.name) || column.is_clock() ||
          column.values.size() >= ColumnProfile::kMostValues ||
          (column.is_number() && !column.whole))
        continue;
      use(column.name);
      roles_.recording.push_back(column.name);
    }
  }

  std::string why_no_channel(const ColumnProfile& column) const {
    if (column.filled() == 0) return "empty";
    if (!column.is_number())
      return column.numbers > 0 ? "not all of its cells are numbers" : "texts";
    if (column.is_constant()) return "it never changes";
    if (column.is_counter() || (is_called_index(column.name) && column.is_clock()))
      return "it counts rows";
    if (column.is_group() && !find_triad_of(column.name)) return "whole numbers that rarely change";
    return "";
  }

  bool find_triad_of(const std::string& name) const {
    const auto names = free_numbers();
    for (const std::string& channel : in_triads(names))
      if (channel == name) return true;
    return false;
  }

  std::vector<std::string> free_numbers() const {
    std::vector<std::string> names;
    for (const ColumnProfile& column : survey_.columns)
      if (is_free(column) && column.is_number()) names.push_back(column.name);
    return names;
  }

  static bool exists(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  /// Only those that have both partners, each triad together.
  static std::vector<std::string> in_triads(const std::vector<std::string>& names) {
    std::vector<std::string> together;
    for (const std::string& name : names) {
      for (size_t i = 0; i < name.size(); ++i) {
        if (name[i] != 'x' && name[i] != 'X') continue;
        std::string y = name, z = name;
        y[i] = static_cast<char>(name[i] + 1);
        z[i] = static_cast<char>(name[i] + 2);
        if (!exists(names, y) || !exists(names, z)) continue;
        together.insert(together.end(), {name, y, z});
        break;
      }
    }
    return together;
  }

  void channels() {
    if (is_given("channels")) {
      roles_.channels = given_["channels"].get<std::vector<std::string>>();
    } else {
      std::vector<std::string> names;
      for (const ColumnProfile& column : survey_.columns) {
        if (!is_free(column)) continue;
        const std::string why = why_no_channel(column);
        if (why.empty())
          names.push_back(column.name);
        else
          roles_.left_out.emplace_back(column.name, why);
      }
      roles_.channels = in_triads(names);
      for (const std::string& name : names)
        if (!exists(roles_.channels, name)) roles_.channels.push_back(name);
    }
    require<DataError>(!roles_.channels.empty(),
                       "{}: no column holds a signal, that is numbers that change from row to row; "
                       "its columns are {}",
                       survey_.files.front().path.string(), names_of_columns());
  }

  /// A clock whose name shares a word with some channels but not with all is theirs alone.
  void require_one_clock() const {
    if (is_given("time") || roles_.time.empty()) return;
    for (const auto& [clock, why] : roles_.left_out) {
      if (why != kAnotherClock) continue;
      std::vector<std::string> own;
      for (const std::string& channel : roles_.channels)
        if (shares_a_word(clock, channel)) own.push_back(channel);
      require<DataError>(
          own.empty() || own.size() == roles_.channels.size(),
          "{}: \"{}\" and \"{}\" are two clocks, and {} follow the second; a row must "
          "be one moment: give each sensor files of its own, or say data.time={} to take "
          "all of a row as of that time",
          survey_.files.front().path.string(), roles_.time, clock, join(own), roles_.time);
    }
  }

  static bool shares_a_word(const std::string& a, const std::string& b) {
    const auto of_a = words_of(a), of_b = words_of(b);
    return std::any_of(of_a.begin(), of_a.end(), [&](const std::string& word) {
      return word.size() > 1 && !is_called_time(word) && of_b.contains(word);
    });
  }

  std::string names_of_columns() const {
    std::vector<std::string> names;
    for (const ColumnProfile& column : survey_.columns) names.push_back(column.name);
    return join(names);
  }

  const Survey& survey_;
  const Json& given_;
  Roles roles_;
  std::set<std::string> used_;
};

}  // namespace

Roles guess_roles(const Survey& survey, const Json& given) { return Guess(survey, given).run(); }

}  // namespace tacit
