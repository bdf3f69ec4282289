// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/personalize.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tacit/data/windows.h"

namespace tacit {
namespace {

/// One person: class 0 for 100 samples, class 1 for 60, then class 0 in another recording.
SignalWindows windows(double overlap) {
  Signals signals{.channels = {"x"}, .classes = {"a", "b"}};
  const auto record = [&](std::vector<LabelSpan> labels) {
    const int64_t length = labels.back().end;
    signals.recordings.push_back({.name = text("r{}", signals.recordings.size()),
                                  .subject = "p",
                                  .rate_hz = 10,
                                  .samples = at::zeros({1, length}),
                                  .labels = std::move(labels)});
  };
  record({{0, 100, 0}, {100, 160, 1}});
  record({{0, 40, 0}});
  return SignalWindows(std::move(signals), {.length = {20}, .overlap = overlap});
}

std::vector<int64_t> all(const SignalWindows& data) {
  std::vector<int64_t> rows(static_cast<size_t>(data.size()));
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int64_t>(rows.size() - 1 - i);
  return rows;
}

TEST(SplitPerson, SharesNoSampleBetweenAdaptingAndScoring) {
  for (const double overlap : {0.0, 0.5, 0.75}) {
    const SignalWindows data = windows(overlap);
    const PersonRows parts = split_person(data, all(data));
    ASSERT_FALSE(parts.adapt.empty());
    ASSERT_FALSE(parts.score.empty());
    for (const int64_t a : parts.adapt)
      for (const int64_t b : parts.score) {
        const Window &one = data.windows()[static_cast<size_t>(a)],
                     &two = data.windows()[static_cast<size_t>(b)];
        EXPECT_TRUE(one.recording != two.recording || std::abs(one.begin - two.begin) >= 20)
            << overlap << ": " << a << " and " << b;
      }
  }
}

TEST(SplitPerson, TakesTheEarlierHalfOfEachClassWhateverTheOrderOfRows) {
  const SignalWindows data = windows(0);  // class 0: 5 windows, then 2; class 1: 3
  const PersonRows parts = split_person(data, all(data));
  std::vector<int64_t> begins[2];
  for (const int64_t row : parts.adapt) {
    const Window& window = data.windows()[static_cast<size_t>(row)];
    EXPECT_EQ(window.recording, 0);
    begins[window.label].push_back(window.begin);
  }
  EXPECT_EQ(begins[0], (std::vector<int64_t>{0, 20, 40}));
  EXPECT_EQ(begins[1], (std::vector<int64_t>{100}));
  EXPECT_EQ(parts.score.size(), 6u);
}

/// Everyone's classes lie at -1 and +1; the person's are shifted by `shift`.
Features person(double shift, int64_t rows) {
  const Tensor y = at::arange(rows, at::kLong).remainder(2);
  const Tensor noise = (at::arange(rows, at::kDouble) * 1.7).sin() * 0.3;
  return {(y.to(at::kDouble) * 2 - 1 + noise + shift).unsqueeze(1).to(at::kFloat), y, {}};
}

TEST(Personalize, MovesTheBorderToThePersonAsFarAsItsShareSays) {
  const Features everyone = person(0, 200), mine = person(2, 6), later = person(2, 40);
  const auto accuracy = [&](double share) {
    return (personalize(everyone, mine, 2, {.share = share, .c = 10}).predict(later.x) == later.y)
        .to(at::kDouble)
        .mean()
        .item<double>();
  };
  EXPECT_LT(accuracy(0.01),
            0.6);  // everyone's border calls nearly all of the person's windows class 1
  EXPECT_GT(accuracy(0.99), 0.95);
}

TEST(Personalize, KeepsTheClassesThatThePersonDoesNotShow) {
  const Features everyone = person(0, 200);
  Features mine = person(0, 6);
  const Tensor rows = (mine.y == 0).nonzero().view({-1});
  mine = {mine.x.index_select(0, rows), mine.y.index_select(0, rows), {}};
  const Features later = person(0, 40);
  const Tensor told = personalize(everyone, mine, 2, {}).predict(later.x);
  EXPECT_GT((told == later.y).to(at::kDouble).mean().item<double>(), 0.9);
}

}  // namespace
}  // namespace tacit
