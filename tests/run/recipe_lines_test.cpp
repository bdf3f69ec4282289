// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/recipe_lines.h"

#include <gtest/gtest.h>

#include "tacit/core/toml.h"

namespace tacit {
namespace {

TEST(RecipeLines, ReadBackWhateverReasonsHold) {
  RecipeLines lines;
  lines.comment("a bell \a and a\nline break, " + std::string(200, 'x'));
  lines.line("first", "a \"b\"\n", "short\r");
  lines.line("second", Json::array({1, 2, "all"}), std::string(150, 'y') + " long");
  lines.table("part");
  lines.list("names", {{"q\"", "why\n"}, {"b", ""}});
  lines.list("none", {});
  const Json read = parse_toml(lines.take(), "written");
  EXPECT_EQ(read, Json::parse(R"({"first": "a \"b\"\n", "second": [1, 2, "all"],
                                  "part": {"names": ["q\"", "b"]}})"));
}

TEST(RecipeLines, WrapLongCommentsAndPutShortReasonsBehind) {
  RecipeLines lines;
  lines.comment(std::string(60, 'a') + " " + std::string(60, 'b'));
  lines.line("key", 1, "why");
  const std::string out = lines.take();
  EXPECT_NE(out.find("a\n#   b"), std::string::npos);
  EXPECT_NE(out.find("key = 1" + std::string(29, ' ') + "# why\n"), std::string::npos);
}

}  // namespace
}  // namespace tacit
