// SPDX-License-Identifier: Apache-2.0
#include "tacit/export/trials.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/export/odd_table.h"

namespace tacit {
namespace {

TEST(Trials, AreWindowsInTheUnitsOfTheSensors) {
  const Spec spec{Modality::signal, {3, 100}, 50, {"ax", "ay", "az"}};
  const Normalizer normalizer{at::tensor({1.F, -2.F, 9.81F}), at::tensor({0.5F, 2.F, 4.F})};
  const auto trials = parity_trials(spec, normalizer);
  int64_t random = 0;
  double highest = 0, lowest = 1;
  for (const Trial& trial : trials) {
    EXPECT_EQ(trial.x.sizes().slice(1), (at::IntArrayRef{3, 100}));
    EXPECT_TRUE(trial.x.isfinite().all().item<bool>());
    if (trial.name == "noise" || trial.name == "random walks") random += trial.x.size(0);
    highest = std::max(highest, trial.x.abs().max().item<double>());
    lowest = std::min(lowest, trial.x.abs().max().item<double>());
  }
  EXPECT_GE(random, 100);
  EXPECT_GE(highest, 1000);
  EXPECT_EQ(lowest, 0);
  EXPECT_NEAR(trials.at(0).x.select(1, 2).mean().item<double>(), 9.81, 0.5);
}

TEST(Trials, OfImagesArePixels) {
  const Spec spec{Modality::image, {3, 8, 12}, 0, {"red", "green", "blue"}};
  std::set<std::string> names;
  int64_t rows = 0;
  for (const Trial& trial : parity_trials(spec, Normalizer::between(0, 255, 3))) {
    EXPECT_EQ(trial.x.sizes().slice(1), (at::IntArrayRef{3, 8, 12})) << trial.name;
    EXPECT_GE(trial.x.min().item<double>(), 0) << trial.name;
    EXPECT_LE(trial.x.max().item<double>(), 255) << trial.name;
    names.insert(trial.name);
    rows += trial.x.size(0);
  }
  EXPECT_GE(rows, 100);
  for (const char* name : {"black", "white", "only red", "only blue", "a board"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Trials, OfAGeneratorAreNoiseOfAllSizesAndEachClass) {
  for (const int64_t classes : {3, 40}) {
    const GanGeneratorConfig config{
        .noise = 6, .normalization = GeneratorNormalization::conditional, .classes = classes};
    std::set<int64_t> asked, rows;
    std::set<double> sizes;
    for (const GeneratorTrial& trial : generator_trials(config)) {
      EXPECT_EQ(trial.z.sizes(), (at::IntArrayRef{trial.z.size(0), 6})) << trial.name;
      ASSERT_EQ(trial.y.sizes(), (at::IntArrayRef{trial.z.size(0)})) << trial.name;
      rows.insert(trial.z.size(0));
      const double size = trial.z.abs().max().item<double>();
      EXPECT_EQ(trial.slack > 0, size >= 1000) << trial.name;
      sizes.insert(size);
      if (trial.name != "each class") continue;
      for (int64_t i = 0; i < trial.y.size(0); ++i)
        EXPECT_TRUE(asked.insert(trial.y[i].item<int64_t>()).second);
    }
    EXPECT_EQ(asked.size(), static_cast<size_t>(classes));
    EXPECT_EQ(*asked.begin(), 0);
    EXPECT_EQ(*asked.rbegin(), classes - 1);
    EXPECT_TRUE(rows.contains(1) && rows.contains(3));
    EXPECT_EQ(*sizes.begin(), 0);
    EXPECT_GT(*sizes.rbegin(), 1000);
  }
}

TEST(Trials, OfAGeneratorThatIsToldNoClassAskForNone) {
  const auto trials = generator_trials({.noise = 6, .classes = 3});
  EXPECT_GE(trials.size(), 9u);
  for (const GeneratorTrial& trial : trials) EXPECT_FALSE(trial.y.defined()) << trial.name;
}

/// Trials of odd_table(), put together by name.
class TrialsOfTables : public testing::Test {
 protected:
  Tensor named(const std::string& name) const {
    std::vector<Tensor> parts;
    for (const Trial& trial : trials_)
      if (trial.name == name) parts.push_back(trial.x);
    return at::cat(parts);
  }
  std::set<float> cells(const std::string& name, int64_t cell) const {
    const Tensor own = named(name).select(1, cell).contiguous();
    return {own.const_data_ptr<float>(), own.const_data_ptr<float>() + own.numel()};
  }
  const ColumnEncoders columns_ = odd_columns();
  const std::vector<Trial> trials_ = parity_trials(odd_table().spec(), columns_);
};

TEST_F(TrialsOfTables, AreRowsAsTheyAreReadInSmallBatchesAndAlone) {
  std::set<int64_t> sizes;
  for (const Trial& trial : trials_) {
    EXPECT_EQ(trial.x.size(1), 13);
    EXPECT_FALSE(trial.x.isinf().any().item<bool>()) << trial.name;
    EXPECT_LE(trial.x.size(0), 256);
    sizes.insert(trial.x.size(0));
  }
  EXPECT_TRUE(sizes.contains(1));
  EXPECT_TRUE(sizes.contains(7));
  EXPECT_TRUE(sizes.contains(64));
}

TEST_F(TrialsOfTables, UsualRowsLieWhereTrainingRowsDo) {
  const Tensor z = columns_.apply(named("usual rows")), all = columns_.apply(odd_table().cells());
  for (const int64_t field : {1, 2, 11}) {  // pay, joined, place
    EXPECT_LT(z.select(1, field).abs().max().item<double>(), 3);
    EXPECT_GT(z.select(1, field).std().item<double>(), 0.7);
  }
  EXPECT_GE(z.select(1, 0).min().item<double>(), ColumnEncoders::kFirstCode);
}

TEST_F(TrialsOfTables, LackSomeCellsOrAll) {
  const Tensor lacking = named("missing cells").isnan();
  EXPECT_GT(lacking.select(1, 1).sum().item<int64_t>(), 5);
  EXPECT_LT(lacking.select(1, 1).sum().item<int64_t>(), 40);
  EXPECT_TRUE(lacking.select(1, 2).equal(lacking.select(1, 3)));  // a moment's two
  EXPECT_TRUE(named("nothing but missing cells").isnan().all().item<bool>());
}

TEST_F(TrialsOfTables, HaveEachCategoryAndSomeNeverSeen) {
  EXPECT_EQ(cells("each category", 0), (std::set<float>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(cells("each category", 5), (std::set<float>{0, 1, 2, 3}));
  EXPECT_EQ(cells("each category", 8), (std::set<float>{0, 1}));  // nobody has one
}

TEST_F(TrialsOfTables, HaveEachKnotTheFloatsBesideItAndWhatLiesBetween) {
  const Tensor& values = columns_.scales().at(1).values;
  const std::set<float> found = cells("each knot", 1);
  for (int64_t i = 0; i < values.size(0); ++i) {
    const auto knot = values[i].item<float>();
    for (const float x : {knot, std::nextafter(knot, 0.F), std::nextafter(knot, 1e30F)})
      EXPECT_TRUE(found.contains(x)) << x;
    if (i == 0) continue;
    const auto between = found.upper_bound(std::nextafter(values[i - 1].item<float>(), 1e30F));
    EXPECT_LT(*between, std::nextafter(knot, 0.F)) << knot;
  }
}

TEST_F(TrialsOfTables, GoFarBeyondTrainingButStayWithinTheCalendar) {
  const Tensor far = named("numbers far beyond those of training");
  EXPECT_LT(far[0][1].item<double>(), -1e5);
  EXPECT_GT(far[1][1].item<double>(), 1e6);
  EXPECT_LT(far[0][12].item<double>(), -5000);  // 1000 deviations of height
  for (const Trial& trial : trials_) {
    const Tensor day = trial.x.select(1, 10).nan_to_num(0);
    EXPECT_GE(day.min().item<double>(), -719162) << trial.name;
    EXPECT_LE(day.max().item<double>(), 2932896) << trial.name;
  }
}

TEST_F(TrialsOfTables, HaveLeapDaysAndDaysOfAllYears) {
  EXPECT_TRUE(cells("each day around 2000-02-29", 2).contains(11016));
  const std::set<float> days = cells("days of the years 1600 to 2400", 2);
  EXPECT_EQ(days.size(), 800u);
  EXPECT_EQ(*days.begin(), -135140);               // 1600-01-01
  EXPECT_NEAR(*days.rbegin(), 157054 + 365, 400);  // 2400-01-01 and a year
}

TEST(Trials, OfNumbersAloneAreFewer) {
  const Table table({{"x", ColumnKind::numeric}}, at::arange(10, at::kFloat).view({10, 1}),
                    std::vector<int64_t>(10, -1), {});
  const ColumnEncoders columns = ColumnEncoders::fit({}, table, std::vector<int64_t>{0, 4, 9});
  std::set<std::string> names;
  for (const Trial& trial : parity_trials(table.spec(), columns)) names.insert(trial.name);
  EXPECT_TRUE(names.contains("each knot"));
  for (const char* of_others : {"each category", "each day around 2000-02-29"})
    EXPECT_FALSE(names.contains(of_others)) << of_others;
}

}  // namespace
}  // namespace tacit
