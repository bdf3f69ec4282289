// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/split.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "tacit/data/split_by_time.h"

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
struct Groups {
  std::vector<std::string> names{};  ///< in natural order; empty where each row is a group
  std::vector<size_t> of_row{};      ///< a place in `names`, or the row's own number

  size_t size() const { return names.empty() ? of_row.size() : names.size(); }
};

std::set<std::string_view> subjects_of(const Examples& data) {
  std::set<std::string_view> subjects;
  for (int64_t row = 0; row < data.size(); ++row) subjects.insert(data.origin(row).subject);
  return subjects;
}

void require_subjects(const Examples& data) {
  const std::set<std::string_view> subjects = subjects_of(data);
  require<ConfigError>(
      !subjects.contains(""),
      "data.split.by: the data has no subjects; use by = \"{}\", or name the "
      "column in {}",
      data.spec().modality == Modality::table ? "row" : "recording",
      data.spec().modality == Modality::table ? "data.table.group" : "data.subject");
  require<ConfigError>(subjects.size() > 1,
                       "data.split.by: the data has the one subject \"{}\", a split by subject "
                       "needs at least 2; use by = \"recording\" or \"time\"",
                       *subjects.begin());
}

/// With several recordings of one person, a split by recording tests on people it has trained on.
void require_one_recording_each(const Examples& data) {
  if (subjects_of(data).size() == 1) return;
  std::map<std::string_view, std::string_view> recording_of;
  for (int64_t row = 0; row < data.size(); ++row) {
    const Origin origin = data.origin(row);
    const auto [known, is_new] = recording_of.emplace(origin.subject, origin.recording);
    require<ConfigError>(origin.subject.empty() || is_new || known->second == origin.recording,
                         "data.split.by: a split by recording would leak, because subject \"{}\" "
                         "has several; use by = \"subject\"",
                         origin.subject);
  }
}

void require_no_subjects(const Examples& data) {
  for (int64_t row = 0; row < data.size(); ++row)
    require<ConfigError>(data.origin(row).subject.empty(),
                         "data.split.by: a split by row would leak, because the data has subjects; "
                         "use by = \"subject\"");
}

void require_separate_rows(const Examples& data) {
  for (int64_t row = 1; row < data.size(); ++row)
    require<ConfigError>(!data.origin(row).overlaps(data.origin(row - 1)),
                         "data.split.by: a split by row would leak, because windows overlap; use "
                         "by = \"recording\" or data.window.overlap = 0");
}

/// Whether each row is a group of its own.
bool is_by_row(SplitBy by) { return by == SplitBy::row || by == SplitBy::paper_window_split; }

Groups groups_of(SplitBy by, const Examples& data) {
  Groups groups;
  if (is_by_row(by)) {
    for (int64_t row = 0; row < data.size(); ++row)
      groups.of_row.push_back(static_cast<size_t>(row));
    return groups;
  }
  const auto name_of = [&](int64_t row) {
    const Origin origin = data.origin(row);
    return by == SplitBy::subject ? origin.subject : origin.recording;
  };
  std::map<std::string_view, size_t> place;
  for (int64_t row = 0; row < data.size(); ++row) place.emplace(name_of(row), 0);
  for (const auto& [name, index] : place) groups.names.emplace_back(name);
  std::stable_sort(groups.names.begin(), groups.names.end(), natural_less);
  for (size_t i = 0; i < groups.names.size(); ++i) place[groups.names[i]] = i;
  for (int64_t row = 0; row < data.size(); ++row) groups.of_row.push_back(place.at(name_of(row)));
  return groups;
}

/// Puts groups into the parts; `order` lists those that are not tested on.
Split assemble(const SplitConfig& config, const Groups& groups, const std::vector<size_t>& test,
               const std::vector<size_t>& order) {
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
  enum Part : char { train, validate, testing };
  std::vector<Part> part(groups.size(), train);
  for (const size_t group : test) part[group] = testing;
  for (size_t i = 0; i < validation; ++i) part[order[i]] = validate;
  Split split;
  split.by = config.by;
  split.transductive = config.transductive;
  std::vector<int64_t>* const rows[]{&split.train, &split.validation, &split.test};
  for (size_t row = 0; row < groups.of_row.size(); ++row)
    rows[part[groups.of_row[row]]]->push_back(static_cast<int64_t>(row));
  std::vector<std::string>* const names[]{&split.train_groups, &split.validation_groups,
                                          &split.test_groups};
  for (size_t group = 0; group < groups.names.size(); ++group)
    names[part[group]]->push_back(groups.names[group]);
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

/// The groups that are named; where each row is a group, the rows of the recordings or files named.
Folds named(const SplitConfig& config, const Groups& groups, const Examples& data) {
  const bool rows = is_by_row(config.by);
  const SplitBy by = rows ? SplitBy::recording : config.by;
  const Groups& known = rows ? groups_of(by, data) : groups;
  std::vector<char> is_named(known.names.size(), 0);
  for (const Json& entry : config.test) {
    require<ConfigError>(entry.is_string() || entry.is_number_integer(),
                         "data.split.test: {} is not a name", entry.dump());
    const std::string name = entry.is_string() ? entry.get<std::string>() : entry.dump();
    const auto found = std::find(known.names.begin(), known.names.end(), name);
    require<ConfigError>(found != known.names.end(), "data.split.test: {}",
                         unknown_name(enum_name(by), name, known.names));
    is_named[static_cast<size_t>(found - known.names.begin())] = 1;
  }
  std::vector<size_t> test;
  for (size_t group = 0; group < groups.size(); ++group)
    if (is_named[rows ? known.of_row[group] : group] != 0) test.push_back(group);
  return {test};
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

Folds test_groups(const SplitConfig& config, const Groups& groups, const Examples& data,
                  const Rng& rng) {
  const Json& test = config.test;
  if (test.is_number()) return fraction(test.get<double>(), groups.size(), rng);
  if (test.is_array()) return named(config, groups, data);
  if (test.is_object() && test.size() == 1 && test.contains("folds") &&
      test["folds"].is_number_integer())
    return dealt(test["folds"].get<int64_t>(), groups.size(), rng);
  require<ConfigError>(test == "leave_one_out",
                       "data.split.test: {} is not a fraction, a list of names, \"leave_one_out\" "
                       "or {folds = 5}",
                       test.dump());
  require<ConfigError>(!is_by_row(config.by),
                       "data.split.test: leave_one_out by row would train once a window; give a "
                       "fraction or {folds = 5}");
  Folds each;
  for (size_t group = 0; group < groups.size(); ++group) each.push_back({group});
  return each;
}

std::string line(std::string_view part, const std::vector<std::string>& groups, size_t rows) {
  std::string out(part);
  out.resize(12, ' ');
  const std::string count = std::to_string(rows);
  out += std::string(count.size() < 8 ? 8 - count.size() : 0, ' ') + count + " rows";
  if (!groups.empty()) out += text("   {}: {}", groups.size(), join(groups));
  return out + "\n";
}

}  // namespace

std::string Split::print() const {
  return line("train", train_groups, train.size()) +
         line("validation", validation_groups, validation.size()) +
         line("test", test_groups, test.size()) +
         (left_out > 0 ? line("left out", {}, static_cast<size_t>(left_out)) : "") +
         (warning().empty() ? "" : warning() + "\n");
}

std::string Split::warning() const {
  std::string warning;
  if (by == SplitBy::paper_window_split)
    warning =
        "WARNING: paper_window_split tests on people it has trained on; its scores are not those "
        "of new people";
  if (by == SplitBy::time)
    warning =
        "split by time: it tests on other times of recordings that it has trained on; scores are "
        "not those of new people or places";
  if (transductive)
    warning += text("{}WARNING: transductive: pre-training sees the test rows, without labels",
                    warning.empty() ? "" : "\n");
  return warning;
}

std::vector<int64_t> Split::pretrained_on() const {
  if (!transductive) return train;
  std::vector<int64_t> rows;
  std::ranges::set_union(train, test, std::back_inserter(rows));
  return rows;
}

std::vector<Split> make_splits(const SplitConfig& config, const Examples& data, Rng rng) {
  if (config.by == SplitBy::time) {
    std::vector<Split> splits = split_by_time(config, data);
    for (const Split& split : splits) require_no_leak(split, data);
    return splits;
  }
  require<ConfigError>(config.by == SplitBy::subject || config.by == SplitBy::recording ||
                           data.spec().modality != Modality::video,
                       "data.split.by: a split by row would leak, because neighbouring clips of a "
                       "video are nearly the same; use by = \"recording\" or \"time\"");
  switch (config.by) {
    case SplitBy::time: break;
    case SplitBy::subject: require_subjects(data); break;
    case SplitBy::recording: require_one_recording_each(data); break;
    case SplitBy::row: require_no_subjects(data); [[fallthrough]];
    case SplitBy::paper_window_split: require_separate_rows(data); break;
  }
  const Groups groups = groups_of(config.by, data);
  std::vector<Split> splits;
  for (const std::vector<size_t>& test : test_groups(config, groups, data, rng)) {
    const Rng fold = rng.stream("validation").stream(splits.size());
    std::vector<char> tested(groups.size(), 0);
    for (const size_t group : test) tested[group] = 1;
    std::vector<size_t> rest = shuffled(groups.size(), fold);
    std::erase_if(rest, [&](size_t group) { return tested[group] != 0; });
    splits.push_back(assemble(config, groups, test, rest));
    require_no_leak(splits.back(), data);
  }
  return splits;
}

void require_no_leak(const Split& split, const Examples& data) {
  std::vector<signed char> part_of(static_cast<size_t>(data.size()), -1);
  std::map<std::string_view, signed char> part_of_subject;
  const bool one_subject = subjects_of(data).size() == 1;
  signed char part = 0;
  for (const auto* rows : {&split.train, &split.validation, &split.test}) {
    for (const int64_t row : *rows) {
      signed char& mine = part_of.at(static_cast<size_t>(row));
      require<StateError>(mine < 0, "the split leaks: row {} is in it twice", row);
      mine = part;
      const std::string_view subject = data.origin(row).subject;
      const bool torn = split.by == SplitBy::paper_window_split || split.by == SplitBy::time;
      if (subject.empty() || torn || (split.by != SplitBy::subject && one_subject)) continue;
      require<StateError>(part_of_subject.emplace(subject, part).first->second == part,
                          "the split leaks: subject \"{}\" is in two parts", subject);
    }
    ++part;
  }
  // Rows of a piece are in order, so each need only be held against the last of each part.
  int64_t piece = -1;
  int64_t last_end[3] = {0, 0, 0};
  for (size_t row = 0; row < part_of.size(); ++row) {
    const Origin origin = data.origin(static_cast<int64_t>(row));
    if (origin.piece != piece) last_end[0] = last_end[1] = last_end[2] = 0;
    piece = origin.piece;
    if (part_of[row] < 0) continue;
    for (int other = 0; other < 3; ++other)
      require<StateError>(other == part_of[row] || origin.begin >= last_end[other],
                          "the split leaks: windows of recording \"{}\" in two parts share samples",
                          origin.recording);
    last_end[part_of[row]] = origin.end;
  }
}

}  // namespace tacit
