// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle_machine.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/emotion/pickle_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

using Kind = PickledValue::Kind;

/// What a pickle is, in words: [1, 'a', {…}].
std::string told(const std::vector<PickledValue>& values, size_t number, int depth = 0) {
  const PickledValue& value = values[number];
  if (depth > 5) return "…";
  switch (value.kind) {
    case Kind::none: return "none";
    case Kind::whole: return std::to_string(value.whole);
    case Kind::real: return text("{} real", value.real);
    case Kind::words: return "'" + *value.words + "'";
    case Kind::global: return *value.words;
    case Kind::type: return *value.words + " type";
    case Kind::array: return "array";
    default: break;
  }
  std::string out = value.kind == Kind::list ? "[" : "{";
  for (const size_t part : value.parts) out += told(values, part, depth + 1) + " ";
  return out + (value.kind == Kind::list ? "]" : "}");
}

std::string run(const std::string& content) {
  const TemporaryFolder folder;
  PickleMachine machine(folder.write("a", content));
  const size_t whole = machine.run();
  return told(machine.values(), whole);
}
std::string said(const std::string& content) {
  return message<DataError>([&] { run(content); });
}
std::string bytes(const char* literal, size_t size) { return {literal, size}; }

TEST(PickleMachine, ReadsNumbers) {
  EXPECT_EQ(run("I-12\n."), "-12");
  EXPECT_EQ(run("I01\n."), "1");
  EXPECT_EQ(run("L4255300L\n."), "4255300");
  EXPECT_EQ(run("F2.5\n."), "2.5 real");
  EXPECT_EQ(run("J\xFF\xFF\xFF\xFF."), "-1");
  EXPECT_EQ(run("K\xFF."), "255");
  EXPECT_EQ(run(bytes("M\x00\x01.", 4)), "256");
  EXPECT_EQ(run(bytes("G\x40\x04\x00\x00\x00\x00\x00\x00.", 10)), "2.5 real");
  EXPECT_EQ(run("\x8A\x02\xFE\xFF."), "-2");
  EXPECT_EQ(run(bytes("\x8A\x00.", 3)), "0");
  EXPECT_EQ(run("\x88."), "1");
  EXPECT_EQ(run("\x89."), "0");
  EXPECT_EQ(run("N."), "none");
}

TEST(PickleMachine, ReadsWords) {
  EXPECT_EQ(run("S'a b'\n."), "'a b'");
  EXPECT_EQ(run("U\x02xy."), "'xy'");
  EXPECT_EQ(run(bytes("T\x02\x00\x00\x00xy.", 8)), "'xy'");
  EXPECT_EQ(run(bytes("X\x02\x00\x00\x00xy.", 8)), "'xy'");
  EXPECT_EQ(run("Vxy\n."), "'xy'");
}

TEST(PickleMachine, ReadsContainersOfBothKinds) {
  EXPECT_EQ(run("(I1\nI2\nt."), "[1 2 ]");
  EXPECT_EQ(run("(I1\nI2\nl."), "[1 2 ]");
  EXPECT_EQ(run("(lI1\na."), "[1 ]");
  EXPECT_EQ(run("](I1\nI2\ne."), "[1 2 ]");
  EXPECT_EQ(run(")."), "[]");
  EXPECT_EQ(run("I1\n\x85."), "[1 ]");
  EXPECT_EQ(run("I1\nI2\n\x86."), "[1 2 ]");
  EXPECT_EQ(run("I1\nI2\nI3\n\x87."), "[1 2 3 ]");
  EXPECT_EQ(run("(S'a'\nI1\nd."), "{'a' 1 }");
  EXPECT_EQ(run("(dS'a'\nI1\ns."), "{'a' 1 }");
  EXPECT_EQ(run("}(S'a'\nI1\nS'b'\nI2\nu."), "{'a' 1 'b' 2 }");
}

TEST(PickleMachine, RecallsWhatItRemembers) {
  EXPECT_EQ(run("(S'a'\np12\ng12\nt."), "['a' 'a' ]");
  EXPECT_EQ(run("(S'a'\nq\x05h\x05t."), "['a' 'a' ]");
  EXPECT_EQ(run(bytes("(S'a'\nr\x05\x00\x01\x00j\x05\x00\x01\x00t.", 18)), "['a' 'a' ]");
  EXPECT_NE(said("g3\n.").find("recalls 3"), std::string::npos);
}

/// A list that holds itself, and one as deep as the file is long, are taken apart as well.
TEST(PickleMachine, ReadsCirclesAndDepths) {
  EXPECT_EQ(run("(lp1\ng1\na.").substr(0, 6), "[[[[[[");
  std::string deep = ")";
  for (int i = 0; i < 50'000; ++i) deep += "\x85";
  EXPECT_EQ(run(deep + ".").substr(0, 6), "[[[[[[");
}

TEST(PickleMachine, MakesArraysAndTheirTypes) {
  const PickleWriter writer(0);
  EXPECT_EQ(run(writer.file(writer.array("f8", {1}, "12345678"))), "array");
  EXPECT_NE(said(writer.file(writer.array("f8", {2}, "12345678"))).find("holds 8 bytes"),
            std::string::npos);
}

TEST(PickleMachine, RunsNothing) {
  const TemporaryFolder folder;
  const std::string file = (folder.path() / "made").string();
  for (const char* const module :
       {"os\nsystem", "posix\nsystem", "__builtin__\neval", "numpy\nload", "_codecs\ndecode"}) {
    const std::string why = said(text("c{}\n(S'touch {}'\ntR.", module, file));
    EXPECT_NE(why.find("nothing was run"), std::string::npos) << why;
  }
  EXPECT_NE(said("cos\nsystem\n.").find("it asks for os.system"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file));
}

/// What Python 3 writes: bytes, texts with a length of one and of eight bytes, names taken from
/// the stack, parts with a length, and what is remembered in order.
TEST(PickleMachine, ReadsStepsOfPython3) {
  EXPECT_EQ(run("\x80\x03"
                "C\x02xy."),
            "'xy'");
  EXPECT_EQ(run(bytes("\x80\x03"
                      "B\x02\x00\x00\x00xy.",
                      10)),
            "'xy'");
  EXPECT_EQ(run(bytes("\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8C\x02xy.", 16)), "'xy'");
  EXPECT_EQ(run(bytes("\x8D\x02\x00\x00\x00\x00\x00\x00\x00xy.", 12)), "'xy'");
  EXPECT_EQ(run(bytes("\x8E\x02\x00\x00\x00\x00\x00\x00\x00xy.", 12)), "'xy'");
  EXPECT_EQ(run(bytes("(\x8C\x01"
                      "a\x94\x8C\x01"
                      "b\x94h\x00h\x01t.",
                      15)),
            "['a' 'b' 'a' 'b' ]");
  EXPECT_EQ(run("\x8C\x05numpy\x8C\x05"
                "dtype\x93."),
            "numpy dtype");
  EXPECT_NE(said("\x8C\x02os\x8C\x06system\x93.").find("os.system"), std::string::npos);
  EXPECT_EQ(run("c_codecs\nencode\n(U\x04\xC3\xBF"
                "a\x7FU\x06latin1tR."),
            "'\xFF"
            "a\x7F'");
  for (const char* const bad : {"c_codecs\nencode\n(U\x02\xC4\x80U\x06latin1tR.",
                                "c_codecs\nencode\n(U\x01\xC3U\x06latin1tR.",
                                "c_codecs\nencode\n(U\x01"
                                "aU\x05utf-8tR."})
    EXPECT_NE(said(bad), "") << bad;
}

/// Steps of Python for classes, objects kept elsewhere and later protocols.
TEST(PickleMachine, RefusesOtherSteps) {
  for (const char step :
       {'i', 'o', 'P', 'Q', '0', '1', '2', '\x81', '\x82', '\x8B', '\x8F', '\x92', '\x96', '\x97'})
    EXPECT_NE(said(std::string("N") + step + ".").find("is not one of"), std::string::npos) << step;
  EXPECT_NE(said("\x80\x05N.").find("protocol 5, and 0 to 4"), std::string::npos);
}

TEST(PickleMachine, RefusesWhatDoesNotFitTogether) {
  for (const std::string& bad :
       {std::string("."),
        std::string("NN."),
        std::string("(N."),
        std::string("t."),
        std::string("(a."),
        std::string("I1\na."),
        std::string("I1\nI2\na."),
        std::string("}(S'a'\nu."),
        std::string("](I1\nu."),
        std::string("I1x\n."),
        std::string("I99999999999999999999\n."),
        std::string("Fx\n."),
        std::string("\x8A\x09"),
        std::string("p1\n."),
        std::string("(p1\n."),
        std::string("\x85."),
        std::string("cnumpy\ndtype\n(tR."),
        std::string("cnumpy\ndtype\nN\x85R."),
        std::string("cnumpy\nndarray\n(tR."),
        std::string("I1\n(tR."),
        std::string("I1\n(tb."),
        std::string("cnumpy.core.multiarray\n_reconstruct\n(tR."),
        std::string("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\ntR."),
        std::string("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntR(tb."),
        std::string("cnumpy\ndtype\n(S'f8'\ntR(I3\ntb.")})
    EXPECT_NE(said(bad), "") << bad;
}

TEST(PickleMachine, BoundsItsParts) {
  EXPECT_NE(said(std::string(70'000, 'N')).find("too many parts"), std::string::npos);
  EXPECT_NE(said(std::string(70'000, '(')).find("too many parts"), std::string::npos);
  std::string recalled = "(S'a'\np1\n", remembered = "S'a'\n";
  for (int i = 0; i < 70'000; ++i) recalled += "g1\n", remembered += text("p{}\n", i);
  EXPECT_NE(said(recalled).find("too many parts"), std::string::npos);
  EXPECT_NE(said(remembered).find("too many parts"), std::string::npos);
  std::string grown = "]q\x01";
  for (int i = 0; i < 70'000; ++i) grown += "h\x01\x61";
  EXPECT_NE(said(grown).find("too many parts"), std::string::npos);
}

}  // namespace
}  // namespace tacit
