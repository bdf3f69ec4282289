// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/roles.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// 60 rows under a heading: how a cell looks follows from its column's name.
Roles roles_of(const std::vector<std::string>& columns, const Json& given = Json::object()) {
  const TemporaryFolder folder;
  std::string out;
  for (const std::string& column : columns) out += (out.empty() ? "" : ",") + column;
  for (int row = 0; row < 60; ++row) {
    out += "\n";
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string& name = columns[i];
      const bool clock = name.find("ime") != std::string::npos || name == "ts";
      const bool group = name.find("ser") != std::string::npos ||
                         name.find("lass") != std::string::npos ||
                         name.find("ession") != std::string::npos;
      out += (i == 0 ? "" : ",") +
             (clock   ? std::to_string(0.02 * row)
              : group ? std::to_string(row / 20)
                      : std::to_string((row * 37 + static_cast<int>(i)) % 11 * 0.5));
    }
  }
  return guess_roles(survey(folder.write("a.csv", out + "\n"), ""), given);
}

TEST(Roles, AreReadFromNamesInManyHabits) {
  for (const auto& names : std::vector<std::vector<std::string>>{
           {"user", "class", "time", "acc_x", "acc_y", "acc_z"},
           {"timestamp (s)", "accX", "accY", "accZ", "userId", "activity_class"},
           {"Acceleration X (g)", "Acceleration Y (g)", "Acceleration Z (g)", "Time", "User",
            "Class"}}) {
    const Roles roles = roles_of(names);
    EXPECT_NE(roles.subject.find("ser"), std::string::npos);
    EXPECT_NE(roles.label.find("lass"), std::string::npos);
    EXPECT_NE(roles.time.find("ime"), std::string::npos);
    EXPECT_EQ(roles.channels.size(), 3);
  }
}

TEST(Roles, PutTheAxesOfASensorTogether) {
  EXPECT_EQ(roles_of({"ts", "temp", "ax", "gx", "ay", "gy", "az", "gz"}).channels,
            (std::vector<std::string>{"ax", "ay", "az", "gx", "gy", "gz", "temp"}));
}

TEST(Roles, AreNeverOverruled) {
  const Roles roles = roles_of({"user", "class", "time", "a", "b"},
                               {{"label", ""}, {"channels", Json::array({"b"})}});
  EXPECT_EQ(roles.label, "");
  EXPECT_EQ(roles.channels, std::vector<std::string>{"b"});
}

TEST(Roles, TakeSessionsForRecordingsAndUserAccelerationForNoUser) {
  const Roles roles = roles_of({"session", "time", "acceleration.x", "b"});
  EXPECT_EQ(roles.recording, std::vector<std::string>{"session"});
  EXPECT_EQ(roles.subject, "");
}

}  // namespace
}  // namespace tacit
