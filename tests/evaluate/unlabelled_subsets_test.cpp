// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/unlabelled_subsets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "tacit/core/error.h"
#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

constexpr SubsetBy kAll[] = {SubsetBy::row, SubsetBy::subject, SubsetBy::recording};
constexpr double kShares[] = {0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.35, 0.5, 0.75, 0.9, 0.99, 1};

/// 8 people, "1" with one recording of 20 windows, "2" with two …; those of "3" have a gap, so that
/// there are two pieces. Windows are 10 samples at 50 a second.
SignalWindows people_with_recordings(double overlap = 0) {
  Signals signals{{"x", "y"}, {"a"}, {}, {}};
  for (int person = 1; person <= 8; ++person)
    for (int i = 0; i <= person % 3; ++i) {
      const std::string name = text("r{}", i);  // of several people
      const std::string subject = std::to_string(person);
      signals.recordings.push_back(counting(name, subject, {{0, 200, 0}}));
      if (person == 3) signals.recordings.push_back(counting(name, subject, {{0, 130, 0}}));
    }
  return {std::move(signals), {.length = {10}, .overlap = overlap}};
}

/// All rows but each eleventh.
std::vector<int64_t> training_rows(const Examples& examples) {
  std::vector<int64_t> rows;
  for (int64_t row = 0; row < examples.size(); ++row)
    if (row % 11 != 0) rows.push_back(row);
  return rows;
}

TEST(UnlabelledSubsets, AreNestedAndEndWithAll) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  for (const SubsetBy by : kAll)
    for (uint64_t seed = 0; seed < 20; ++seed) {
      std::vector<int64_t> fewer;
      for (const double share : kShares) {
        const std::vector<int64_t> more = draw_unlabelled(data, rows, by, share, 3, Rng(seed)).rows;
        ASSERT_TRUE(std::ranges::includes(more, fewer)) << share;
        fewer = more;
      }
      EXPECT_EQ(fewer, rows);
    }
}

TEST(UnlabelledSubsets, HoldRowsOfThoseGivenOnce) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  for (const SubsetBy by : kAll)
    for (const double share : kShares) {
      const std::vector<int64_t> drawn = draw_unlabelled(data, rows, by, share, 3, Rng(1)).rows;
      EXPECT_TRUE(std::ranges::is_sorted(drawn));
      EXPECT_EQ(std::set(drawn.begin(), drawn.end()).size(), drawn.size());
      EXPECT_TRUE(std::ranges::includes(rows, drawn));
    }
}

TEST(UnlabelledSubsets, HaveTheAmountThatIsAsked) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  for (const SubsetBy by : {SubsetBy::row, SubsetBy::recording})
    for (const double share : kShares) {
      const auto drawn = draw_unlabelled(data, rows, by, share, 3, Rng(1)).rows;
      const double asked = std::max(3.0, share * static_cast<double>(rows.size()));
      EXPECT_NEAR(static_cast<double>(drawn.size()), asked, 0.5) << share;
    }
}

TEST(UnlabelledSubsets, BySubjectTakeWholePeopleNearestToTheAmount) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  std::map<std::string_view, size_t> all;
  for (const int64_t row : rows) ++all[data.origin(row).subject];
  size_t most = 0;
  for (const auto& [subject, count] : all) most = std::max(most, count);
  for (const double share : kShares) {
    const auto drawn = draw_unlabelled(data, rows, SubsetBy::subject, share, 3, Rng(4)).rows;
    std::map<std::string_view, size_t> taken;
    for (const int64_t row : drawn) ++taken[data.origin(row).subject];
    for (const auto& [subject, count] : taken) EXPECT_EQ(count, all[subject]) << subject;
    const double asked = share * static_cast<double>(rows.size());
    if (taken.size() > 1) {
      EXPECT_LE(std::abs(static_cast<double>(drawn.size()) - asked), static_cast<double>(most) / 2);
    }
  }
  EXPECT_GE(draw_unlabelled(data, rows, SubsetBy::subject, 0.01, 100, Rng(4)).rows.size(), 100u);
}

TEST(UnlabelledSubsets, ByRecordingCutOneOfThemAtMost) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  using Key = std::pair<std::string_view, std::string_view>;
  const auto key = [&](int64_t row) {
    return Key{data.origin(row).subject, data.origin(row).recording};
  };
  std::map<Key, std::vector<int64_t>> all;
  for (const int64_t row : rows) all[key(row)].push_back(row);
  bool begins_inside = false;
  for (const double share : kShares)
    for (uint64_t seed = 0; seed < 20; ++seed) {
      std::map<Key, std::vector<int64_t>> taken;
      for (const int64_t row :
           draw_unlabelled(data, rows, SubsetBy::recording, share, 3, Rng(seed)).rows)
        taken[key(row)].push_back(row);
      int cut = 0;
      for (const auto& [recording, mine] : taken) {
        const std::vector<int64_t>& whole = all[recording];
        const auto begin = std::ranges::find(whole, mine.front());
        ASSERT_LE(mine.size(), static_cast<size_t>(whole.end() - begin));
        EXPECT_TRUE(std::equal(mine.begin(), mine.end(), begin));  // no gap
        cut += mine.size() < whole.size();
        begins_inside |= begin != whole.begin();
      }
      EXPECT_LE(cut, 1);
    }
  EXPECT_TRUE(begins_inside);
}

TEST(UnlabelledSubsets, OfOneLongRecordingAreOneStretch) {
  Signals signals{{"x"}, {"a"}, {}, {}};
  signals.recordings = {counting("drive", "", {{0, 10000, 0}}, 1)};
  const SignalWindows data(std::move(signals), {.length = {10}, .overlap = 0});
  std::vector<int64_t> rows(1000);
  std::iota(rows.begin(), rows.end(), int64_t{0});
  std::set<int64_t> begins;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const UnlabelledDraw draw =
        draw_unlabelled(data, rows, SubsetBy::recording, 0.05, 1, Rng(seed));
    ASSERT_EQ(draw.rows.size(), 50u);
    EXPECT_EQ(draw.rows.back() - draw.rows.front(), 49);
    EXPECT_DOUBLE_EQ(draw.seconds, 10);
    begins.insert(draw.rows.front());
  }
  EXPECT_GT(begins.size(), 7u);
  EXPECT_GT(*begins.rbegin() - *begins.begin(), 400);  // all over the recording
}

TEST(UnlabelledSubsets, FollowFromTheRngAndNotFromTheOrderOfRows) {
  const SignalWindows data = people_with_recordings();
  std::vector<int64_t> rows = training_rows(data);
  for (const SubsetBy by : kAll) {
    const auto draw = [&](uint64_t seed) {
      return draw_unlabelled(data, rows, by, 0.3, 3, Rng(seed)).rows;
    };
    const std::vector<int64_t> first = draw(1);
    EXPECT_NE(first, draw(2));
    std::ranges::reverse(rows);
    EXPECT_EQ(draw(1), first);
    std::ranges::reverse(rows);
  }
}

TEST(UnlabelledSubsets, EveryRowIsDrawnAlikeOften) {
  const SignalWindows data(people(10), {.length = {10}, .overlap = 0});
  std::vector<int64_t> rows(static_cast<size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  for (const SubsetBy by : {SubsetBy::row, SubsetBy::subject}) {
    std::vector<int> drawn(rows.size());
    for (uint64_t seed = 0; seed < 1000; ++seed)
      for (const int64_t row : draw_unlabelled(data, rows, by, 0.3, 1, Rng(seed)).rows)
        ++drawn[static_cast<size_t>(row)];
    for (const int count : drawn) EXPECT_NEAR(count, 300, 75);  // deviation 14.5
  }
}

TEST(UnlabelledSubsets, HoldABatchWhereThereIsOne) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  for (const SubsetBy by : kAll) {
    EXPECT_GE(draw_unlabelled(data, rows, by, 0.01, 32, Rng(1)).rows.size(), 32u);
    EXPECT_EQ(draw_unlabelled(data, rows, by, 0.01, 100'000, Rng(1)).rows, rows);
    EXPECT_GE(draw_unlabelled(data, rows, by, 1e-9, 0, Rng(1)).rows.size(), 1u);
  }
}

TEST(UnlabelledSubsets, CountTimeThatWindowsShareOnce) {
  const SignalWindows data = people_with_recordings(0.5);  // 10 samples, each 5
  EXPECT_DOUBLE_EQ(covered_seconds(data, std::vector<int64_t>{0, 1, 2}), 20.0 / 50);
  EXPECT_DOUBLE_EQ(covered_seconds(data, std::vector<int64_t>{2, 0}), 20.0 / 50);
  EXPECT_DOUBLE_EQ(covered_seconds(data, std::vector<int64_t>{0, 3}), 20.0 / 50);
  EXPECT_DOUBLE_EQ(covered_seconds(data, std::vector<int64_t>{}), 0);
  // Windows of two recordings share nothing, though both begin at 0.
  int64_t other = 0;
  while (data.origin(other).piece == 0) ++other;
  EXPECT_DOUBLE_EQ(covered_seconds(data, std::vector<int64_t>{0, other}), 20.0 / 50);
  std::vector<int64_t> rows(static_cast<size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  double samples = 0;
  for (const Recording& recording : data.signals().recordings)
    samples += static_cast<double>(recording.length());
  EXPECT_DOUBLE_EQ(draw_unlabelled(data, rows, SubsetBy::row, 1, 1, Rng(1)).seconds, samples / 50);
}

/// Clips of 3 frames, each 4th of a video of 20 frames a second; one begins every 6 frames.
class EachFourthFrame final : public Examples {
 public:
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return 10; }
  Batch read(std::span<const int64_t>) const override { return {}; }
  const std::vector<std::string>& classes() const override { return none_; }
  int64_t label(int64_t) const override { return -1; }
  Origin origin(int64_t row) const override {
    return {.subject = "", .recording = "v", .piece = 0, .begin = 6 * row, .end = 6 * row + 9};
  }
  double origin_rate_hz() const override { return 20; }
  const std::vector<std::string>& notes() const override { return none_; }

 private:
  Spec spec_{.modality = Modality::video, .shape = {3, 3, 8, 8}, .rate_hz = 5, .channels = {}};
  std::vector<std::string> none_;
};

TEST(UnlabelledSubsets, CountTheTimeOfFramesBetweenThoseOfAClip) {
  const EachFourthFrame clips;
  EXPECT_DOUBLE_EQ(covered_seconds(clips, std::vector<int64_t>{2}), 9.0 / 20);
  EXPECT_DOUBLE_EQ(covered_seconds(clips, std::vector<int64_t>{2, 3}), 15.0 / 20);
  EXPECT_DOUBLE_EQ(covered_seconds(clips, std::vector<int64_t>{2, 8}), 18.0 / 20);
}

TEST(UnlabelledSubsets, RefuseWhatCannotBeDrawn) {
  const SignalWindows data = people_with_recordings();
  const std::vector<int64_t> rows = training_rows(data);
  for (const double share : {0.0, -0.1, 1.01})
    EXPECT_THROW(draw_unlabelled(data, rows, SubsetBy::row, share, 1, Rng(1)), ConfigError);
  EXPECT_THROW(draw_unlabelled(data, {}, SubsetBy::row, 1, 1, Rng(1)), DataError);
  Signals anonymous = people(3);
  for (Recording& recording : anonymous.recordings) recording.subject.clear();
  const SignalWindows nobody(std::move(anonymous), {.length = {20}});
  EXPECT_NE(
      message<ConfigError>([&] {
        draw_unlabelled(nobody, std::vector<int64_t>{0, 1}, SubsetBy::subject, 0.5, 1, Rng(1));
      }).find("recording \"r1\" names none"),
      std::string::npos);
  EXPECT_NO_THROW(
      draw_unlabelled(nobody, std::vector<int64_t>{0, 1}, SubsetBy::recording, 0.5, 1, Rng(1)));
}

}  // namespace
}  // namespace tacit
