// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_path.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

TEST(MatPath, IsTakenApart) {
  const MatPath path = mat_path("DREAMER.Data{23}.people(4).age");
  EXPECT_EQ(path.variable, "DREAMER");
  ASSERT_EQ(path.steps.size(), 5U);
  EXPECT_EQ(path.steps[0].kind, MatStep::Kind::field);
  EXPECT_EQ(path.steps[0].name, "Data");
  EXPECT_EQ(path.steps[1].kind, MatStep::Kind::cell);
  EXPECT_EQ(path.steps[1].number, 23);
  EXPECT_EQ(path.steps[2].name, "people");
  EXPECT_EQ(path.steps[3].kind, MatStep::Kind::element);
  EXPECT_EQ(path.steps[3].number, 4);
  EXPECT_EQ(path.steps[4].name, "age");
  EXPECT_TRUE(mat_path("val").steps.empty());
}

TEST(MatPath, IsRefusedWhereItIsNone) {
  for (const std::string words :
       {"",       ".a",   "{1}",  "a.",    "a..b", "a{", "a{}", "a{0}",   "a{-1}",
        "a{1",    "a{1)", "a{x}", "a{1}b", "a(1",  "a)", "a}",  "a{1,2}", "a{99999999999999999999}",
        "a{1.5}", "a.{1}"})
    EXPECT_NE(message_of<ConfigError>([&] { mat_path(words); }).find("\"" + words + "\""),
              std::string::npos)
        << words;
}

}  // namespace
}  // namespace tacit
