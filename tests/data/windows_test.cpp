// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/windows.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "tacit/core/rng.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

Signals random_signals(Rng rng) {
  Signals signals{{"x", "y"}, {"a", "b", "c"}, {}, {}};
  for (int i = 0; i < 4; ++i) {
    std::vector<LabelSpan> labels;
    int64_t begin = 0, label = -1;
    for (int span = 0; span < 12; ++span) {
      const int64_t end = begin + 1 + rng.below(40);
      label = (label + 2 + rng.below(3)) % 4 - 1;  // differs from the one before
      if (!labels.empty() && labels.back().label == label)
        labels.back().end = end;
      else
        labels.push_back({begin, end, label});
      begin = end;
    }
    signals.recordings.push_back(counting("r" + std::to_string(i), "", labels));
  }
  return signals;
}

TEST(SignalWindows, CutsWhatALookAtEverySampleWouldCut) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Signals signals = random_signals(Rng(seed));
    const SignalWindows data(signals, {.length = {10}, .overlap = 0.5});
    std::set<std::tuple<int64_t, int64_t, int64_t>> expected, got;
    for (size_t r = 0; r < signals.recordings.size(); ++r) {
      std::vector<int64_t> label_at;
      for (const LabelSpan& span : signals.recordings[r].labels)
        label_at.insert(label_at.end(), static_cast<size_t>(span.end - span.begin), span.label);
      size_t start = 0;  // of the run of one label
      for (size_t t = 0; t + 10 <= label_at.size(); ++t) {
        if (t > 0 && label_at[t] != label_at[t - 1]) start = t;
        bool same = true;
        for (size_t k = 1; k < 10; ++k) same = same && label_at[t + k] == label_at[t];
        if (same && (t - start) % 5 == 0) expected.emplace(r, t, label_at[t]);
      }
    }
    for (const Window& window : data.windows())
      got.emplace(window.recording, window.begin, window.label);
    EXPECT_EQ(got, expected) << "seed " << seed;
    EXPECT_EQ(got.size(), data.windows().size());
  }
}

TEST(SignalWindows, ReadsTheSamplesOfEachWindow) {
  const SignalWindows data(people(2), {.length = {20}, .overlap = 0.5});
  const std::vector<int64_t> rows{5, 0, 5};
  const Batch batch = data.read(rows);
  ASSERT_EQ(batch.x.sizes(), (std::vector<int64_t>{3, 2, 20}));
  for (int64_t i = 0; i < 3; ++i) {
    const Window& window = data.windows()[static_cast<size_t>(rows[static_cast<size_t>(i)])];
    EXPECT_EQ(batch.row[i].item<int64_t>(), rows[static_cast<size_t>(i)]);
    EXPECT_EQ(batch.y[i].item<int64_t>(), window.label);
    for (const int64_t step : {0, 19}) {
      EXPECT_EQ(batch.x[i][1][step].item<float>(), static_cast<float>(1000 + window.begin + step));
    }
  }
}

TEST(SignalWindows, AcrossLabelsAreUnlabelledWhereTheLabelChanges) {
  const SignalWindows data(people(1), {.length = {20}, .overlap = 0.5, .across_labels = true});
  std::vector<int64_t> begins, labels;
  for (const Window& window : data.windows())
    begins.push_back(window.begin), labels.push_back(window.label);
  EXPECT_EQ(begins, (std::vector<int64_t>{0, 10, 20, 30, 40, 50, 60, 70, 80}));
  EXPECT_EQ(labels, (std::vector<int64_t>{0, 0, 0, 0, -1, 1, 1, 1, 1}));
}

TEST(SignalWindows, PerLabelLieAroundItsBeginning) {
  Signals signals = people(1);
  Recording& recording = signals.recordings[0];
  const int64_t length = recording.length();
  ASSERT_GE(length, 60);
  signals.classes = {"N", "V"};
  recording.labels = {{0, 3, -1},   {3, 5, 0},   {5, 20, -1},          {20, 22, 1},
                      {22, 30, -1}, {30, 32, 0}, {32, length - 2, -1}, {length - 2, length, 1}};
  const SignalWindows data(signals, {.length = {20}, .per_label = true, .before = 0.4});
  ASSERT_EQ(data.size(), 2);  // the first begins too early, the last too late
  EXPECT_EQ(data.windows()[0].begin, 12);
  EXPECT_EQ(data.label(0), 1);
  EXPECT_EQ(data.windows()[1].begin, 22);
  EXPECT_EQ(data.label(1), 0);
  EXPECT_TRUE(data.origin(0).overlaps(data.origin(1)));
  message<ConfigError>(
      [&] { SignalWindows(signals, {.length = {20}, .across_labels = true, .per_label = true}); });
}

/// "1" for 30 samples, "4" for 30, none for 20, and "1" again.
Signals numbered() {
  Signals signals{{"x"}, {"1", "4"}, {}, {}};
  signals.recordings.push_back(
      counting("r", "", {{0, 30, 0}, {30, 60, 1}, {60, 80, -1}, {80, 100, 0}}, 1));
  return signals;
}

TEST(SignalWindows, HaveTheMeanOfTheirNumbers) {
  const SignalWindows data(numbered(), {.length = {20}, .overlap = 0.5}, Target::number);
  EXPECT_TRUE(data.classes().empty());
  std::vector<int64_t> begins, rows;
  for (const Window& window : data.windows()) {
    rows.push_back(static_cast<int64_t>(rows.size()));
    begins.push_back(window.begin);
    EXPECT_EQ(data.label(rows.back()), -1);
  }
  EXPECT_EQ(begins, (std::vector<int64_t>{0, 10, 20, 30, 40, 60, 80}));
  const Tensor y = data.read(rows).y;
  ASSERT_TRUE(y.is_floating_point());
  const std::vector<float> expected{1, 1, 2.5, 4, 4, 0, 1};
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(has_label(data, rows[i]), begins[i] != 60);
    if (begins[i] != 60) {
      EXPECT_EQ(y[rows[i]].item<float>(), expected[i]) << begins[i];
    }
  }
}

TEST(SignalWindows, AcrossLabelsHaveNoNumberWhereAPartHasNone) {
  const SignalWindows data(numbered(), {.length = {20}, .overlap = 0.5, .across_labels = true},
                           Target::number);
  EXPECT_TRUE(has_label(data, 4));   // 40 … 59
  EXPECT_FALSE(has_label(data, 5));  // 50 … 69
  EXPECT_FALSE(has_label(data, 7));  // 70 … 89
}

TEST(SignalWindows, PerLabelHaveItsNumber) {
  const SignalWindows data(numbered(), {.length = {10}, .per_label = true, .before = 0.4},
                           Target::number);
  ASSERT_EQ(data.size(), 2);  // the first begins too early
  EXPECT_EQ(data.number(0), 4);
  EXPECT_EQ(data.number(1), 1);
}

TEST(SignalWindows, RefuseALabelThatIsNoNumberWhereOneIsAskedFor) {
  Signals signals = numbered();
  signals.classes[1] = "4 or 5";
  const std::string said =
      message<DataError>([&] { SignalWindows(signals, {.length = {10}}, Target::number); });
  EXPECT_EQ(said, "data.target = \"number\", but the label \"4 or 5\" is none");
}

TEST(SignalWindows, NamesTheLongestStretchWhenNoneFits) {
  const std::string said = message<DataError>([] {
    SignalWindows(people(2), {.length = {8, true}});
  });
  EXPECT_NE(said.find("400 samples (8 s)"), std::string::npos) << said;
  EXPECT_NE(said.find("50 samples (1 s)"), std::string::npos) << said;
}

TEST(SignalWindows, RefusesRatesThatDiffer) {
  Signals signals = people(2);
  signals.recordings[1].rate_hz = 60;
  EXPECT_NE(message<DataError>([&] { SignalWindows(signals, {.length = {20}}); }).find("60 Hz"),
            std::string::npos);
}

TEST(Duration, ReadsSamplesAndTime) {
  EXPECT_EQ(Duration::read(400, "w").samples(50), 400);
  EXPECT_EQ(Duration::read("8 s", "w").samples(50), 400);
  EXPECT_EQ(Duration::read("500ms", "w").samples(50), 25);
  EXPECT_EQ(Duration::read("1 min", "w").samples(2), 120);
  EXPECT_EQ(Duration::read("2.56 s", "w").write(), Json("2.56 s"));
  EXPECT_EQ(Duration::read(128, "w").write(), Json(128));
  for (const Json& wrong :
       {Json(0), Json(-4), Json(1.5), Json("8"), Json("8 h"), Json("s"), Json(true)})
    EXPECT_NE(
        message<ConfigError>([&] { Duration::read(wrong, "data.window"); }).find("data.window"),
        std::string::npos)
        << wrong;
}

}  // namespace
}  // namespace tacit
