// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle_words.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::string quote(const std::string& content) {
  const TemporaryFolder folder;
  FileCursor bytes(folder.write("a", content));
  return pickled_quote(bytes);
}

TEST(PickleWords, AreWhatStandsBetweenQuotes) {
  EXPECT_EQ(quote("'S2'\n"), "S2");
  EXPECT_EQ(quote("\"it's\"\n"), "it's");
  EXPECT_EQ(quote("''\n"), "");
}

TEST(PickleWords, HaveEscapesForBytesThatAreNoLetters) {
  EXPECT_EQ(quote("'a\\x00\\xffb\\\\\\'\\n\\r\\t'\n"), std::string("a\0\xFF"
                                                                   "b\\'\n\r\t",
                                                                   9));
}

TEST(PickleWords, AreNotWhatPythonDoesNotWrite) {
  for (const char* const bad : {"S2'\n", "'S2\n'", "'S2' \n", "'\\q'\n", "'\\xg0'\n", "'\\x0G'\n",
                                "'S2", "'S2'", "'\\", "'\\x", "'\\x0", ""})
    EXPECT_THROW(quote(bad), DataError) << bad;
}

TEST(PickleWords, EndALineOfAKilobyteAtMost) {
  const TemporaryFolder folder;
  FileCursor bytes(folder.write("a", "numpy\nndarray\n" + std::string(2000, 'x')));
  EXPECT_EQ(pickled_line(bytes), "numpy");
  EXPECT_EQ(pickled_line(bytes), "ndarray");
  EXPECT_THROW(pickled_line(bytes), DataError);
}

}  // namespace
}  // namespace tacit
