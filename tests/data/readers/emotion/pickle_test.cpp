// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/emotion/pickle_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::string numbers() { return PickleWriter::numbers<double>(std::vector<double>{0.25, -3, 7.5}); }

std::string sample(int protocol) {
  const PickleWriter writer(protocol);
  const std::string chest = writer.dictionary({{"ECG", writer.array("f8", {3, 1}, numbers())}});
  return writer.file(writer.dictionary(
      {{"signal", writer.dictionary({{"chest", chest}})}, {"subject", writer.words("S2")}}));
}

TEST(Pickle, HasWordsAndArraysOfBothProtocols) {
  const TemporaryFolder folder;
  for (const int protocol : {0, 2}) {
    const Pickle pickle(folder.write("a.pkl", sample(protocol)));
    EXPECT_EQ(pickle.words({"subject"}), "S2");
    const PickledArray& ecg = pickle.array({"signal", "chest", "ECG"});
    EXPECT_EQ(ecg.rows(), 3);
    EXPECT_EQ(ecg.columns(), 1);
    EXPECT_EQ(ecg.at(1, 0), -3);
  }
}

/// What NumPy wrote through Python's own pickler, with texts as Python 2 writes them:
/// {'x': np.array([1, 2], 'i4'), 'y': np.array([[1.5], [-2]])}, protocol 0.
TEST(Pickle, ReadsWhatNumPyWrote) {
  const TemporaryFolder folder;
  const char* const written =
      "(dp0\nS'x'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n(I0\ntp4\n"
      "S'b'\np5\ntp6\nRp7\n(I1\n(I2\ntp8\ncnumpy\ndtype\np9\n(S'i4'\np10\nI00\nI01\ntp11\nRp12\n"
      "(I3\nS'<'\np13\nNNNI-1\nI-1\nI0\ntp14\nbI00\nS'\\x01\\x00\\x00\\x00\\x02\\x00\\x00\\x00'\n"
      "p15\ntp16\nbsS'y'\np17\ng2\n(g3\n(I0\ntp18\ng5\ntp19\nRp20\n(I1\n(I2\nI1\ntp21\ng9\n(S'f8'\n"
      "p22\nI00\nI01\ntp23\nRp24\n(I3\ng13\nNNNI-1\nI-1\nI0\ntp25\nbI00\n"
      "S'\\x00\\x00\\x00\\x00\\x00\\x00\\xf8?\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xc0'\np26\ntp27\n"
      "bs.";
  const Pickle pickle(folder.write("a.pkl", written));
  EXPECT_EQ(pickle.array({"x"}).at(1, 0), 2);
  EXPECT_EQ(pickle.array({"y"}).at(0, 0), 1.5);
  EXPECT_EQ(pickle.array({"y"}).at(1, 0), -2);
}

TEST(Pickle, SaysWhatIsThere) {
  const TemporaryFolder folder;
  const std::string file = folder.write("a.pkl", sample(2));
  const Pickle pickle(file);
  const auto said = [&](const std::vector<std::string>& way) {
    return message<DataError>([&] { pickle.array(way); });
  };
  EXPECT_EQ(said({"label"}), file + ": there is no \"label\" in it; there are: signal, subject");
  EXPECT_EQ(said({"signal", "wrist"}),
            file + ": there is no \"wrist\" in signal; there are: chest");
  EXPECT_EQ(said({"subject", "x"}), file + ": subject is no dictionary");
  EXPECT_EQ(said({"subject"}), file + ": subject is no array");
  EXPECT_EQ(message<DataError>([&] { pickle.words({"signal"}); }), file + ": signal is no text");
}

/// An array that NumPy only began.
TEST(Pickle, HasNoArrayThatWasNotFilled) {
  const TemporaryFolder folder;
  const std::string begun =
      "(dS'x'\ncnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntRs.";
  EXPECT_THROW(Pickle(folder.write("a.pkl", begun)).array({"x"}), DataError);
}

TEST(Pickle, IsNotReadWhereItIsCut) {
  const TemporaryFolder folder;
  for (const int protocol : {0, 2}) {
    const std::string whole = sample(protocol);
    for (size_t size = 0; size < whole.size(); ++size)
      EXPECT_THROW(Pickle(folder.write(text("{}.{}", protocol, size), whole.substr(0, size))),
                   DataError)
          << size;
  }
}

/// Each byte in turn is another one: it is read or refused.
TEST(Pickle, OfAnyBytesIsReadOrRefused) {
  const TemporaryFolder folder;
  for (const int protocol : {0, 2}) {
    const std::string whole = sample(protocol);
    for (size_t at = 0; at < whole.size(); ++at)
      for (const char other : {'t', '\xFF'}) {
        std::string changed = whole;
        changed[at] = other;
        try {
          const Pickle pickle(
              folder.write(text("{}.{}.{}", protocol, at, static_cast<int>(other)), changed));
          const PickledArray& ecg = pickle.array({"signal", "chest", "ECG"});
          for (int64_t row = 0; row < ecg.rows(); ++row)
            for (int64_t column = 0; column < ecg.columns(); ++column) ecg.at(row, column);
        } catch (const DataError&) {
        }
      }
  }
}

}  // namespace
}  // namespace tacit
