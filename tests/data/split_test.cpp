// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/split.h"

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tacit/data/table.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

SignalWindows windows_of(Signals signals) { return {std::move(signals), {.length = {20}}}; }

void expect_sound(const Split& split, const SignalWindows& data) {
  std::set<int64_t> rows;
  std::set<std::string> subjects;
  size_t groups = 0;
  for (const auto* part : {&split.train, &split.validation, &split.test}) {
    EXPECT_TRUE(std::is_sorted(part->begin(), part->end()));
    rows.insert(part->begin(), part->end());
    std::set<std::string> mine;
    for (const int64_t row : *part) mine.insert(data.recording(row).subject);
    groups += mine.size();
    subjects.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(rows.size(), static_cast<size_t>(data.size()));  // all, none twice
  EXPECT_EQ(rows.size(), split.train.size() + split.validation.size() + split.test.size());
  EXPECT_EQ(groups, subjects.size());  // no subject in two parts
}

TEST(MakeSplits, NeverTearASubjectApart) {
  const SignalWindows data = windows_of(people(11));
  for (const Json& test : {Json(0.25), Json{1, "11"}, Json("leave_one_out"), Json{{"folds", 4}}})
    for (uint64_t seed = 0; seed < 5; ++seed)
      for (const Split& split : make_splits({.test = test}, data, Rng(seed)))
        expect_sound(split, data);
}

TEST(MakeSplits, TestOnWhoIsNamed) {
  const SignalWindows data = windows_of(people(11));
  const auto splits = make_splits({.test = {11, "2"}, .validation = 0.2}, data, Rng(1));
  ASSERT_EQ(splits.size(), 1);
  EXPECT_EQ(splits[0].test_groups, (std::vector<std::string>{"2", "11"}));
  EXPECT_EQ(splits[0].validation_groups.size(), 2);
  EXPECT_EQ(splits[0].train_groups.size(), 7);
  EXPECT_NE(splits[0].print().find("2: 2, 11"), std::string::npos) << splits[0].print();
}

TEST(MakeSplits, FoldsTestEachGroupOnce) {
  const SignalWindows data = windows_of(people(10));
  for (const Json& test : {Json("leave_one_out"), Json{{"folds", 3}}}) {
    std::multiset<std::string> tested;
    for (const Split& split : make_splits({.test = test}, data, Rng(1)))
      tested.insert(split.test_groups.begin(), split.test_groups.end());
    EXPECT_EQ(tested.size(), 10);
    EXPECT_EQ(std::set<std::string>(tested.begin(), tested.end()).size(), 10);
  }
}

TEST(MakeSplits, DependOnTheSeedOnly) {
  const SignalWindows data = windows_of(people(20));
  const auto test = [&](uint64_t seed) { return make_splits({}, data, Rng(seed))[0].test; };
  EXPECT_EQ(test(1), test(1));
  EXPECT_NE(test(1), test(2));
}

TEST(MakeSplits, RefuseWhatCannotBeSplit) {
  const auto refusal = [](const SplitConfig& config, Signals signals) {
    return message<ConfigError>(
        [&] { make_splits(config, windows_of(std::move(signals)), Rng(1)); });
  };
  const auto contains = [](const std::string& all, const char* part) {
    return all.find(part) != std::string::npos;
  };
  EXPECT_PRED2(contains, refusal({.test = {12}}, people(11)), "did you mean \"1");
  EXPECT_PRED2(contains, refusal({}, people(1)), "the one subject \"1\"");
  EXPECT_PRED2(contains, refusal({}, people(2)), "data.split.validation");
  EXPECT_PRED2(contains, refusal({.test = {{"folds", 12}}}, people(11)), "12 folds of 11");
  EXPECT_PRED2(contains, refusal({.test = 1.5}, people(11)), "between 0 and 1");
  EXPECT_PRED2(contains, refusal({.test = "all"}, people(11)), "leave_one_out");
  EXPECT_PRED2(contains, refusal({.test = Json::array()}, people(3)), "at least 1");
  EXPECT_PRED2(contains, refusal({.by = SplitBy::row}, people(3)), "would leak");
  Signals anonymous = people(3);
  for (Recording& recording : anonymous.recordings) recording.subject.clear();
  EXPECT_PRED2(contains, refusal({}, anonymous), "no subjects");
  EXPECT_PRED2(contains, refusal({.by = SplitBy::row}, anonymous), "windows overlap");
  Signals twice = people(3);
  twice.recordings[1].subject = "1";
  EXPECT_PRED2(contains, refusal({.by = SplitBy::recording}, twice), "has several");
}

TEST(MakeSplits, ByRowTakesWindowsThatShareNothing) {
  Signals anonymous = people(3);
  for (Recording& recording : anonymous.recordings) recording.subject.clear();
  const SignalWindows data(anonymous, {.length = {10}, .overlap = 0});
  const Split split = make_splits({.by = SplitBy::row, .validation = 0}, data, Rng(1))[0];
  EXPECT_EQ(split.train.size() + split.test.size(), static_cast<size_t>(data.size()));
  EXPECT_EQ(split.test.size(), 8);  // a quarter of 30, rounded
}

TEST(MakeSplits, ThePapersWindowSplitTearsPeopleApartAndSaysSo) {
  const SplitConfig config{.by = SplitBy::paper_window_split, .test = {{"folds", 5}}};
  const SignalWindows data(people(3), {.length = {10}, .overlap = 0});
  std::multiset<int64_t> tested;
  for (const Split& split : make_splits(config, data, Rng(1))) {
    tested.insert(split.test.begin(), split.test.end());
    std::set<std::string_view> trained;
    for (const int64_t row : split.train) trained.insert(data.origin(row).subject);
    EXPECT_EQ(trained.size(), 3u);
    EXPECT_NE(split.print().find("WARNING: paper_window_split"), std::string::npos);
  }
  EXPECT_EQ(tested.size(), static_cast<size_t>(data.size()));
  EXPECT_EQ(std::set<int64_t>(tested.begin(), tested.end()).size(), tested.size());
  EXPECT_EQ(make_splits({}, data, Rng(1))[0].print().find("WARNING"), std::string::npos);
  const SignalWindows overlapping(people(3), {.length = {10}, .overlap = 0.5});
  message<ConfigError>([&] { make_splits(config, overlapping, Rng(1)); });
}

TEST(MakeSplits, LetPreTrainingSeeTestRowsByNameOnly) {
  const SignalWindows data = windows_of(people(8));
  const Split usual = make_splits({}, data, Rng(1))[0];
  EXPECT_EQ(usual.pretrained_on(), usual.train);
  const Split asked = make_splits({.transductive = true}, data, Rng(1))[0];
  EXPECT_EQ(asked.train, usual.train);
  EXPECT_EQ(asked.test, usual.test);
  const std::vector<int64_t> seen = asked.pretrained_on();
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_EQ(seen.size(), asked.train.size() + asked.test.size());
  EXPECT_TRUE(std::ranges::includes(seen, asked.test));
  EXPECT_NE(asked.print().find("WARNING: transductive"), std::string::npos) << asked.print();
}

/// Four rows in file "train", six in "test"; with groups, two rows each.
Table table_of_files(bool grouped = false) {
  TableSources sources{.files = {{"train", 0}, {"test", 4}}};
  if (grouped)
    sources = {.files = std::move(sources.files),
               .groups = {"a", "b", "c", "d", "e"},
               .group_of = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4}};
  return {{{"x"}}, at::zeros({10, 1}), std::vector<int64_t>(10, -1), {}, std::move(sources)};
}

TEST(MakeSplits, ByRowTestOnTheFilesThatAreNamed) {
  const Table data = table_of_files();
  const auto splits =
      make_splits({.by = SplitBy::row, .test = {"test"}, .validation = 0.25}, data, Rng(1));
  ASSERT_EQ(splits.size(), 1u);
  EXPECT_EQ(splits[0].test, (std::vector<int64_t>{4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(splits[0].validation.size(), 1u);
  EXPECT_EQ(splits[0].train.size(), 3u);
  for (const auto* part : {&splits[0].train, &splits[0].validation})
    for (const int64_t row : *part) EXPECT_LT(row, 4);
}

TEST(MakeSplits, ByRowDealAllRowsOfATable) {
  const Table data = table_of_files();
  std::multiset<int64_t> tested;
  for (const Split& split : make_splits({.by = SplitBy::row, .test = {{"folds", 5}}}, data, Rng(1)))
    tested.insert(split.test.begin(), split.test.end());
  EXPECT_EQ(tested.size(), 10u);
  EXPECT_EQ(std::set<int64_t>(tested.begin(), tested.end()).size(), 10u);
}

TEST(MakeSplits, NeverTearTheGroupsOfATableApart) {
  const Table data = table_of_files(true);
  const Split split = make_splits({.test = {"b", "d"}, .validation = 0.3}, data, Rng(1))[0];
  EXPECT_EQ(split.test, (std::vector<int64_t>{1, 3, 6, 8}));
  EXPECT_EQ(split.test_groups, (std::vector<std::string>{"b", "d"}));
  EXPECT_EQ(split.train.size(), 4u);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(split.train[i] + 5, split.train[i + 2]);
}

TEST(MakeSplits, RefuseWhatOfATableWouldLeakOrIsNotThere) {
  const auto refusal = [](const SplitConfig& config, bool grouped) {
    return message<ConfigError>([&] { make_splits(config, table_of_files(grouped), Rng(1)); });
  };
  const auto contains = [](const std::string& all, const char* part) {
    return all.find(part) != std::string::npos;
  };
  EXPECT_PRED2(contains, refusal({.by = SplitBy::row}, true), "would leak");
  EXPECT_PRED2(contains, refusal({}, false), "data.table.group");
  EXPECT_PRED2(contains, refusal({.by = SplitBy::row, .test = {"tests"}}, false),
               "did you mean \"test\"");
  EXPECT_PRED2(contains, refusal({.by = SplitBy::row, .test = {"test", "train"}}, false),
               "at least 1");
}

TEST(RequireNoLeak, CatchesAPlantedLeak) {
  const SignalWindows data = windows_of(people(4));
  Split split = make_splits({}, data, Rng(1))[0];
  require_no_leak(split, data);
  Split same_row = split;
  same_row.test.push_back(same_row.train[0]);
  EXPECT_THROW(require_no_leak(same_row, data), StateError);
  Split same_subject = split;
  same_subject.test.push_back(same_subject.train.back());
  same_subject.train.pop_back();
  EXPECT_THROW(require_no_leak(same_subject, data), StateError);
}

TEST(RequireNoLeak, CatchesWindowsThatShareSamples) {
  Signals anonymous = people(1);
  anonymous.recordings[0].subject.clear();
  const SignalWindows data = windows_of(anonymous);  // begins 0 10 20 30 | 50 …
  Split split{.by = SplitBy::recording,
              .train = {0},
              .validation = {},
              .test = {2},
              .train_groups = {},
              .validation_groups = {},
              .test_groups = {}};
  require_no_leak(split, data);  // 0 … 19 and 20 … 39
  split.test = {1};
  EXPECT_NE(message<StateError>([&] { require_no_leak(split, data); }).find("share samples"),
            std::string::npos);
}

}  // namespace
}  // namespace tacit
