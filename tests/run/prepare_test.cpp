// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/prepare.h"

#include <ATen/ops/all.h>

#include <algorithm>
#include <set>

#include "tests/data/signals_fixture.h"
#include "tests/run/numbers.h"

namespace tacit {
namespace {

std::set<std::string> subjects(const Prepared& prepared, const std::vector<int64_t>& rows) {
  std::set<std::string> found;
  for (const int64_t row : rows) found.emplace(prepared.examples->origin(row).subject);
  return found;
}

TEST(Prepare, NeverShowsTestSubjectsToTrainingNormaliserOrLabels) {
  const Recipe recipe = tiny_recipe({"data.split.test=leave_one_out"});
  const Prepared prepared = prepare(recipe);
  ASSERT_EQ(prepared.folds.size(), 4u);
  for (const Split& split : prepared.folds) {
    const Fold fold = fit_fold(recipe, prepared, split);
    const std::set<std::string> held_out = subjects(prepared, fold.scored);
    EXPECT_EQ(held_out.size(), 1u);
    for (const std::string& subject : held_out) {
      EXPECT_FALSE(subjects(prepared, split.train).contains(subject));
      EXPECT_FALSE(subjects(prepared, fold.pool).contains(subject));
    }
    const Normalizer alone =
        Normalizer::fit(recipe.data.normalize, *prepared.examples, split.train);
    EXPECT_TRUE(std::get<Normalizer>(fold.preprocessing).mean.equal(alone.mean));
    EXPECT_EQ(fold.train.size(), static_cast<int64_t>(split.train.size()));
    EXPECT_EQ(fold.pool.size(), split.train.size() + split.validation.size());
  }
}

TEST(Prepare, GivesTheLabelsOfRows) {
  const Prepared prepared = prepare(tiny_recipe());
  const std::vector<int64_t> rows{5, 0, 119};
  const Tensor y = labels_of(*prepared.examples, rows);
  EXPECT_TRUE(y.equal(prepared.examples->read(rows).y));
}

TEST(Prepare, DescribesTheData) {
  const Prepared prepared = prepare(tiny_recipe());
  const Json described = describe_data(prepared);
  EXPECT_EQ(described["data"]["subjects"], 4);
  EXPECT_EQ(described["data"]["windows"], 120);
  EXPECT_EQ(described["data"]["unlabelled_windows"], 0);
  EXPECT_NEAR(described["data"]["hours"].get<double>(), 4 * 6 * 10 / 3600.0, 1e-9);
  for (const auto& [name, count] : described["data"]["classes"].items())
    EXPECT_EQ(count, 20) << name;
  int64_t windows = 0;
  for (const Json& part : described["split"]) windows += part["windows"].get<int64_t>();
  EXPECT_EQ(windows, 120);
}

TEST(Prepare, TakesRowsWithANumberForLabelled) {
  const TemporaryFolder folder;
  const Recipe recipe = number_recipe(folder.path());
  const Prepared prepared = prepare(recipe);
  const Fold fold = fit_fold(recipe, prepared, prepared.folds[0]);
  EXPECT_EQ(fold.pool.size() + fold.scored.size(), 400u);
  EXPECT_EQ(prepared.labels(fold.pool.size()), static_cast<double>(fold.pool.size()));
  const Json data = describe_data(prepared)["data"];
  EXPECT_EQ(data["target"], "number");
  EXPECT_EQ(data["unlabelled_windows"], 100);
  EXPECT_TRUE(data["classes"].empty());
}

}  // namespace
}  // namespace tacit
