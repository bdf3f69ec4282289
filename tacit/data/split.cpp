// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace tacit {
namespace {

/// Numbers by value, then words by letter: 2 before 10.
bool natural_less(const std::string& a, const std::string& b) {
  const auto key = [](const std::string& name) {
    const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
    return std::tuple(!number, number ? name.size() : 0, name);
  };
  return key(a) < key(b);
}

/// Rows that must stay together.
struct Group {
  std::string name;  ///< empty for a row
  std::vector<int64_t> rows;
};

std::string group_name(SplitBy by, const Recording& recording) {
  return by == SplitBy::subject ? recording.subject : recording.name;
}

void require_subjects(const SignalWindows& data) {
  std::set<std::string> subjects;
  for (const Recording& recording : data.signals().recordings) {
    require<ConfigError>(!recording.subject.empty(),
                         "data.split.by: the data has no subjects; use by = \"recording\", or name "
                         "the column in data.subject");
    subjects.insert(recording.subject);
  }
  require<ConfigError>(subjects.size() > 1,
                       "data.split.by: the data has the one subject \"{}\", a split by subject "
                       "needs at least 2; use by = \"recording\"",
                       *subjects.begin());
}

/// With several recordings of one person, a split by recording tests on people it has trained on.
void require_one_recording_each(const SignalWindows& data) {
  std::map<std::string, std::string> recording_of;
  std::set<std::string> subjects;
  for (const Recording& recording : data.signals().recordings) subjects.insert(recording.subject);
  if (subjects.size() == 1) return;
  for (const Recording& recording : data.signals().recordings) {
    const auto [known, is_new] = recording_of.emplace(recording.subject, recording.name);
    require<ConfigError>(recording.subject.empty() || is_new || known->second == recording.name,
                         "data.split.by: a split by recording would leak, because subject \"{}\" "
                         "has several; use by = \"subject\"",
                         recording.subject);
  }
}

void require_separate_rows(const SignalWindows& data) {
  const std::vector<Window>& windows = data.windows();
  for (size_t row = 0; row < windows.size(); ++row) {
    const Recording& recording = data.recording(static_cast<int64_t>(row));
    require<ConfigError>(recording.subject.empty(),
                         "data.split.by: a split by row would leak, because the data has subjects; "
                         "use by = \"subject\"");
    require<ConfigError>(row == 0 || windows[row].recording != windows[row - 1].recording ||
                             windows[row].begin >= windows[row - 1].begin + data.length(),
                         "data.split.by: a split by row would leak, because windows overlap; use "
                         "by = \"recording\" or data.window.overlap = 0");
  }
}

std::vector<Group> groups_of(SplitBy by, const SignalWindows& data) {
  std::vector<Group> groups;
  std::map<std::string, size_t> index;
  for (int64_t row = 0; row < data.size(); ++row) {
    if (by == SplitBy::row) {
      groups.push_back({"", {row}});
      continue;
    }
    const std::string name = group_name(by, data.recording(row));
    const auto [found, is_new] = index.emplace(name, groups.size());
    if (is_new) groups.push_back({name, {}});
    groups[found->second].rows.push_back(row);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return natural_less(a.name, b.name); });
  return groups;
}

/// Puts groups into the parts; `order` lists those that are not tested on.
Split assemble(const SplitConfig& config, const std::vector<Group>& groups,
               const std::vector<size_t>& test, const std::vector<size_t>& order) {
  require<ConfigError>(!test.empty() && !order.empty(),
                       "data.split.test: {} of the {} groups are held out for testing; both "
                       "training and testing need at least 1",
                       test.size(), groups.size());
  const double wanted = config.validation * static_cast<double>(order.size());
  const size_t validation =
      config.validation > 0 ? std::max<size_t>(1, static_cast<size_t>(std::llround(wanted))) : 0;
  require<ConfigError>(validation < order.size(),
                       "data.split.validation: {} of the {} groups that are not tested on would "
                       "leave none to train on; set it to 0 or hold out fewer for testing",
                       validation, order.size());
  Split split;
  split.by = config.by;
  const auto put = [&](size_t group, std::vector<int64_t>& rows, std::vector<std::string>& names) {
    rows.insert(rows.end(), groups[group].rows.begin(), groups[group].rows.end());
    if (config.by != SplitBy::row) names.push_back(groups[group].name);
  };
  for (const size_t group : test) put(group, split.test, split.test_groups);
  for (size_t i = 0; i < order.size(); ++i) {
    if (i < validation)
      put(order[i], split.validation, split.validation_groups);
    else
      put(order[i], split.train, split.train_groups);
  }
  for (auto* rows : {&split.train, &split.validation, &split.test})
    std::sort(rows->begin(), rows->end());
  for (auto* names : {&split.train_groups, &split.validation_groups, &split.test_groups})
    std::sort(names->begin(), names->end(), natural_less);
  return split;
}

std::vector<size_t> shuffled(size_t count, Rng rng) {
  std::vector<size_t> order(count);
  for (size_t i = 0; i < count; ++i) order[i] = i;
  rng.shuffle(std::span<size_t>(order));
  return order;
}

/// Which groups each fold tests on.
using Folds = std::vector<std::vector<size_t>>;

Folds dealt(int64_t folds, size_t groups, const Rng& rng) {
  require<ConfigError>(folds >= 2 && static_cast<size_t>(folds) <= groups,
                       "data.split.test: {} folds of {} groups; give 2 … {}", folds, groups,
                       groups);
  const std::vector<size_t> order = shuffled(groups, rng.stream("test"));
  Folds tests(static_cast<size_t>(folds));
  for (size_t i = 0; i < groups; ++i) tests[i % tests.size()].push_back(order[i]);
  return tests;
}

Folds named(const SplitConfig& config, const std::vector<Group>& groups) {
  require<ConfigError>(config.by != SplitBy::row,
                       "data.split.test: rows have no names; give a fraction or {folds = 5}");
  std::vector<std::string> names;
  for (const Group& group : groups) names.push_back(group.name);
  std::set<size_t> test;
  for (const Json& entry : config.test) {
    require<ConfigError>(entry.is_string() || entry.is_number_integer(),
                         "data.split.test: {} is not a name", entry.dump());
    const std::string name = entry.is_string() ? entry.get<std::string>() : entry.dump();
    const auto found = std::find(names.begin(), names.end(), name);
    require<ConfigError>(found != names.end(), "data.split.test: {}",
                         unknown_name(enum_name(config.by), name, names));
    test.insert(static_cast<size_t>(found - names.begin()));
  }
  return {{test.begin(), test.end()}};
}

Folds fraction(double share, size_t groups, const Rng& rng) {
  require<ConfigError>(share > 0 && share < 1, "data.split.test: {} is not between 0 and 1", share);
  require<ConfigError>(groups >= 2, "data.split.test: a split needs 2 groups, the data has {}",
                       groups);
  const auto count = static_cast<int64_t>(groups);
  const int64_t wanted = std::llround(share * static_cast<double>(groups));
  std::vector<size_t> order = shuffled(groups, rng.stream("test"));
  order.resize(static_cast<size_t>(std::clamp<int64_t>(wanted, 1, count - 1)));
  return {order};
}

Folds test_groups(const SplitConfig& config, const std::vector<Group>& groups, const Rng& rng) {
  const Json& test = config.test;
  if (test.is_number()) return fraction(test.get<double>(), groups.size(), rng);
  if (test.is_array()) return named(config, groups);
  if (test.is_object() && test.size() == 1 && test.contains("folds") &&
      test["folds"].is_number_integer())
    return dealt(test["folds"].get<int64_t>(), groups.size(), rng);
  require<ConfigError>(test == "leave_one_out",
                       "data.split.test: {} is not a fraction, a list of names, \"leave_one_out\" "
                       "or {folds = 5}",
                       test.dump());
  require<ConfigError>(config.by != SplitBy::row,
                       "data.split.test: leave_one_out by row would train once a window; give a "
                       "fraction or {folds = 5}");
  Folds each;
  for (size_t group = 0; group < groups.size(); ++group) each.push_back({group});
  return each;
}

std::string line(std::string_view part, const std::vector<std::string>& groups, size_t windows) {
  std::string out(part);
  out.resize(12, ' ');
  const std::string count = std::to_string(windows);
  out += std::string(count.size() < 8 ? 8 - count.size() : 0, ' ') + count + " windows";
  if (!groups.empty()) out += text("   {}: {}", groups.size(), join(groups));
  return out + "\n";
}

}  // namespace

std::string Split::print() const {
  return line("train", train_groups, train.size()) +
         line("validation", validation_groups, validation.size()) +
         line("test", test_groups, test.size());
}

std::vector<Split> make_splits(const SplitConfig& config, const SignalWindows& data, Rng rng) {
  switch (config.by) {
    case SplitBy::subject: require_subjects(data); break;
    case SplitBy::recording: require_one_recording_each(data); break;
    case SplitBy::row: require_separate_rows(data); break;
  }
  const std::vector<Group> groups = groups_of(config.by, data);
  std::vector<Split> splits;
  for (const std::vector<size_t>& test : test_groups(config, groups, rng)) {
    const Rng fold = rng.stream("validation").stream(splits.size());
    std::vector<size_t> rest = shuffled(groups.size(), fold);
    std::erase_if(rest, [&](size_t group) {
      return std::find(test.begin(), test.end(), group) != test.end();
    });
    splits.push_back(assemble(config, groups, test, rest));
    require_no_leak(splits.back(), data);
  }
  return splits;
}

void require_no_leak(const Split& split, const SignalWindows& data) {
  std::vector<int> part_of(static_cast<size_t>(data.size()), -1);
  std::map<std::string, int> part_of_subject;
  std::set<std::string> subjects;
  for (const Recording& recording : data.signals().recordings) subjects.insert(recording.subject);
  int part = 0;
  for (const auto* rows : {&split.train, &split.validation, &split.test}) {
    for (const int64_t row : *rows) {
      int& mine = part_of.at(static_cast<size_t>(row));
      require<StateError>(mine < 0, "the split leaks: row {} is in it twice", row);
      mine = part;
      const std::string& subject = data.recording(row).subject;
      if (subject.empty() || (split.by != SplitBy::subject && subjects.size() == 1)) continue;
      require<StateError>(part_of_subject.emplace(subject, part).first->second == part,
                          "the split leaks: subject \"{}\" is in two parts", subject);
    }
    ++part;
  }
  // Windows of a recording are in order of time, so each need only be held against the last of each
  // part.
  int64_t recording = -1;
  int64_t last_end[3] = {0, 0, 0};
  for (size_t row = 0; row < part_of.size(); ++row) {
    const Window& window = data.windows()[row];
    if (window.recording != recording) last_end[0] = last_end[1] = last_end[2] = 0;
    recording = window.recording;
    if (part_of[row] < 0) continue;
    for (int other = 0; other < 3; ++other)
      require<StateError>(other == part_of[row] || window.begin >= last_end[other],
                          "the split leaks: windows of recording \"{}\" in two parts share samples",
                          data.recording(static_cast<int64_t>(row)).name);
    last_end[part_of[row]] = window.begin + data.length();
  }
}

}  // namespace tacit
