// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/open_quote.h"

#include <gtest/gtest.h>

namespace tacit {
namespace {

/// Whether a quote is open behind `text`, read in pieces of each length.
bool open_behind(std::string_view text, int64_t skip_lines = 0) {
  OpenQuote whole(',', skip_lines);
  whole.read(text);
  for (size_t length = 1; length < text.size(); ++length) {
    OpenQuote pieces(',', skip_lines);
    for (size_t at = 0; at < text.size(); at += length) pieces.read(text.substr(at, length));
    EXPECT_EQ(pieces.is_open(), whole.is_open()) << text << " in pieces of " << length;
  }
  return whole.is_open();
}

TEST(OpenQuote, IsOneThatOpensACellAndIsNotClosed) {
  EXPECT_TRUE(open_behind("a,b\n1,\"x\n2,y\n"));
  EXPECT_TRUE(open_behind("\"a"));
  EXPECT_TRUE(open_behind("a\r\n\"b"));
  EXPECT_TRUE(open_behind("a,\"b\",\"c\nd,e\n"));
  EXPECT_FALSE(open_behind(""));
  EXPECT_FALSE(open_behind("a,b\n1,2\n"));
  EXPECT_FALSE(open_behind("\"a\",\"b, c\",\"\"\n\"d\n e\",f\n"));
}

TEST(OpenQuote, TakesTwoQuotesWithinACellAsOne) {
  EXPECT_FALSE(open_behind("\"a \"\"b\"\" c\",d\n"));
  EXPECT_FALSE(open_behind("\"\"\"\"\n"));
  EXPECT_TRUE(open_behind("\"a \"\"b\"\",d\n"));
  EXPECT_TRUE(open_behind("\"\"\"\n"));
}

TEST(OpenQuote, TakesQuotesWithinAPlainCellAsTheyStand) {
  EXPECT_FALSE(open_behind("5\",6 feet 2\"\n"));
  EXPECT_FALSE(open_behind("x\"y\"z\"\n"));
}

TEST(OpenQuote, LooksBehindTheLinesToSkipOnly) {
  EXPECT_FALSE(open_behind("\"a title\nx,y\n1,2\n", 1));
  EXPECT_TRUE(open_behind("\"a title\nx,y\n1,\"2\n", 1));
  EXPECT_FALSE(open_behind("\"one line", 3));
}

}  // namespace
}  // namespace tacit
