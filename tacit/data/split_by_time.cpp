// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/split_by_time.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace tacit {
namespace {

enum Part : char { train, validation, testing, left_out };

/// Rows first … last-1 of those of a recording.
struct Stretch {
  int64_t first, last;
};

/// Rows of each recording, in order of time; recordings in that of their first row.
std::vector<std::vector<int64_t>> rows_of_recordings(const Examples& data) {
  std::map<std::string_view, size_t> place;
  std::vector<std::vector<int64_t>> rows;
  for (int64_t row = 0; row < data.size(); ++row) {
    const auto [known, is_new] = place.emplace(data.origin(row).recording, rows.size());
    if (is_new) rows.emplace_back();
    rows[known->second].push_back(row);
  }
  return rows;
}

int64_t share_of(double share, int64_t count) {
  return std::llround(share * static_cast<double>(count));
}

/// The stretch that each fold tests, of so many rows.
std::vector<Stretch> tests_of(const Json& test, int64_t rows) {
  if (test.is_number()) {
    const double share = test.get<double>();
    require<ConfigError>(share > 0 && share < 1, "data.split.test: {} is not between 0 and 1",
                         share);
    return {{rows - share_of(share, rows), rows}};
  }
  require<ConfigError>(test.is_object() && test.size() == 1 && test.contains("folds") &&
                           test["folds"].is_number_integer() && test["folds"].get<int64_t>() >= 2,
                       "data.split.test: {}; a split by time tests on stretches of every "
                       "recording: give the fraction at their ends, or {{folds = 5}}",
                       test.dump());
  const auto folds = test["folds"].get<int64_t>();
  std::vector<Stretch> tests;
  for (int64_t k = 0; k < folds; ++k) tests.push_back({rows * k / folds, rows * (k + 1) / folds});
  return tests;
}

/// Whether rows lie nearer than a gap to any of some others, within a piece.
class Nearness {
 public:
  Nearness(const Examples& data, double gap_samples) : data_(data), gap_(gap_samples) {}

  void add(int64_t row) {
    const Origin origin = data_.origin(row);
    const auto [known, is_new] = extent_.emplace(origin.piece, std::pair(origin.begin, origin.end));
    if (is_new) return;
    known->second.first = std::min(known->second.first, origin.begin);
    known->second.second = std::max(known->second.second, origin.end);
  }
  bool holds(int64_t row) const {
    const Origin origin = data_.origin(row);
    const auto found = extent_.find(origin.piece);
    if (found == extent_.end()) return false;
    const auto [begin, end] = found->second;
    const int64_t apart = std::max(begin - origin.end, origin.begin - end);
    return apart < 0 || static_cast<double>(apart) < gap_;
  }

 private:
  const Examples& data_;
  double gap_;
  std::map<int64_t, std::pair<int64_t, int64_t>> extent_{};  // begin and end, by piece
};

/// The part of each row of a recording. Rows for validation are those last before the test's gap
/// or, where there are too few, first behind it.
std::vector<Part> parts_of(const Examples& data, const std::vector<int64_t>& rows,
                           const Stretch& test, double validation_share, double gap_samples) {
  std::vector<Part> parts(rows.size(), train);
  std::vector<size_t> before, behind;  // places of rows that may be for training or validation
  Nearness test_near(data, gap_samples), validation_near(data, gap_samples);
  for (int64_t place = test.first; place < test.last; ++place) {
    parts[static_cast<size_t>(place)] = testing;
    test_near.add(rows[static_cast<size_t>(place)]);
  }
  for (size_t place = 0; place < rows.size(); ++place) {
    if (parts[place] == testing) continue;
    if (test_near.holds(rows[place]))
      parts[place] = left_out;
    else
      (static_cast<int64_t>(place) < test.first ? before : behind).push_back(place);
  }
  const int64_t count = share_of(validation_share, std::ssize(before) + std::ssize(behind));
  const bool is_before = count <= std::ssize(before);
  const auto first = is_before ? before.end() - count : behind.begin();
  const auto last = is_before ? before.end() : behind.begin() + std::min(count, std::ssize(behind));
  std::for_each(first, last, [&](size_t place) {
    parts[place] = validation;
    validation_near.add(rows[place]);
  });
  for (size_t place = 0; place < rows.size(); ++place)
    if (parts[place] == train && validation_near.holds(rows[place])) parts[place] = left_out;
  return parts;
}

/// The rows of each part, and the recordings that it has rows of.
void put(const Examples& data, const std::vector<int64_t>& rows, const std::vector<Part>& parts,
         Split& split) {
  std::vector<int64_t>* const lists[]{&split.train, &split.validation, &split.test};
  std::vector<std::string>* const groups[]{&split.train_groups, &split.validation_groups,
                                           &split.test_groups};
  bool has[3] = {false, false, false};
  for (size_t place = 0; place < rows.size(); ++place) {
    if (parts[place] == left_out) {
      ++split.left_out;
      continue;
    }
    lists[parts[place]]->push_back(rows[place]);
    has[parts[place]] = true;
  }
  for (int part = 0; part < 3; ++part)
    if (has[part]) groups[part]->emplace_back(data.origin(rows.front()).recording);
}

}  // namespace

std::vector<Split> split_by_time(const SplitConfig& config, const Examples& data) {
  require<ConfigError>(data.origin_rate_hz() > 0,
                       "data.split.by: {} rows have no time; use by = \"row\" or \"subject\"",
                       enum_name(data.spec().modality));
  const std::vector<std::vector<int64_t>> recordings = rows_of_recordings(data);
  std::vector<Split> splits(tests_of(config.test, data.size()).size());
  for (size_t fold = 0; fold < splits.size(); ++fold) {
    Split& split = splits[fold];
    split.by = SplitBy::time;
    split.transductive = config.transductive;
    for (const std::vector<int64_t>& rows : recordings) {
      const auto count = static_cast<int64_t>(rows.size());
      put(data, rows,
          parts_of(data, rows, tests_of(config.test, count)[fold], config.validation,
                   config.gap_seconds * data.origin_rate_hz()),
          split);
    }
    for (auto* rows : {&split.train, &split.validation, &split.test}) std::ranges::sort(*rows);
    const bool is_watched = !split.validation.empty() || config.validation == 0;
    require<ConfigError>(!split.train.empty() && !split.test.empty() && is_watched,
                         "data.split: by time {} rows are for training, {} for validation, {} for "
                         "testing and {} in the gaps of {} s between them; none may be without "
                         "any, so change test, validation or gap_seconds",
                         split.train.size(), split.validation.size(), split.test.size(),
                         split.left_out, config.gap_seconds);
  }
  return splits;
}

}  // namespace tacit
