// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/long_form_rows.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(LongFormRows, HaveTheWordsOfThePathAmongTheirColumns) {
  const TemporaryFolder folder;
  folder.write("walk_7.csv", "t,ax,run\n0,1,r1\n1,2,r2\n");
  const LongFormConfig config{.path = folder.path().string(),
                              .path_pattern = "{activity}_{subject}",
                              .recording = {"run"},
                              .channels = {"ax"}};
  const auto block =
      long_form_rows(config, data_files(config.path, config.path_pattern)[0])->next();
  const BlockView view(config, *block);
  EXPECT_EQ(*view.subject, (std::vector<std::string>{"7", "7"}));
  EXPECT_EQ(*view.label, (std::vector<std::string>{"walk", "walk"}));
  EXPECT_EQ(view.key(1), std::vector<std::string>{"r2"});
  EXPECT_EQ(*view.time, (std::vector<double>{0, 1}));
  EXPECT_FALSE(view.same_recording(0, 1));
}

TEST(RateOf, IsTheMeanOfRegularSteps) {
  EXPECT_EQ(rate_of({0.02, 0.02, 0.02, 5}), 50);
  EXPECT_NEAR(rate_of({0.033, 0.034, 0.033}), 30, 0.05);
  EXPECT_EQ(rate_of({}), 0);
  EXPECT_EQ(seconds_per_unit(TimeUnit::us, 0), 1e-6);
  EXPECT_EQ(seconds_per_unit(TimeUnit::samples, 50), 0.02);
}

}  // namespace
}  // namespace tacit
