// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/path_roles.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

std::string pattern(const std::vector<std::string>& names, bool want_label = true) {
  std::vector<DataFile> files;
  for (const std::string& name : names) files.push_back({name + ".csv", name, {}});
  std::vector<std::string> reasons;
  return guess_path_pattern(files, true, want_label, reasons);
}

TEST(PathRoles, FindPeopleAndActivities) {
  EXPECT_EQ(pattern({"sub_1", "sub_2", "sub_12"}), "sub_{subject}");
  EXPECT_EQ(pattern({"S01", "S02"}), "S{subject}");
  EXPECT_EQ(pattern({"anna", "ben"}), "{subject}");
  EXPECT_EQ(pattern({"anna_walk", "anna_sit", "ben_walk", "ben_sit"}), "{subject}_{label}");
  EXPECT_EQ(pattern({"walk_1/sub_1", "walk_2/sub_2", "sit_3/sub_1"}), "{label}_{}/sub_{subject}");
  EXPECT_EQ(pattern({"anna/run1", "ben/run1", "ben/run2"}), "{subject}/run{}");
  EXPECT_EQ(pattern({"20240301_p1", "20240302_p2"}), "{}_p{subject}");
}

TEST(PathRoles, AreNoneWherePathsTellNothing) {
  EXPECT_EQ(pattern({"data"}), "");
  EXPECT_EQ(pattern({"a_b", "c"}), "");
  EXPECT_EQ(pattern({"anna_walk", "ben_sit"}, false), "{subject}_{}");
}

TEST(PathRoles, KnowActivities) {
  for (const char* const word : {"Walking", "sit", "upstairs", "JOG"})
    EXPECT_TRUE(is_activity(word)) << word;
  for (const char* const word : {"anna", "", "x"}) EXPECT_FALSE(is_activity(word)) << word;
}

}  // namespace
}  // namespace tacit
