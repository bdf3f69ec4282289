// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/poly5.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"
#include "tests/data/readers/emotion/poly5_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class Poly5 : public testing::Test {
 protected:
  std::string write(const Poly5Writer& writer) const {
    return folder_.write("a.S00", writer.file({first_, second_}));
  }
  std::string said(const Poly5Writer& writer) const {
    const std::string file = write(writer);
    return message<DataError>([&] { read_poly5_header(file); });
  }
  TemporaryFolder folder_;
  Poly5Channel first_{.name = "ECG", .unit = "\xB5V", .samples = {1, 2, 3, 4, 5, 6}};
  Poly5Channel second_{.name = "Skin",
                       .unit = "mV",
                       .samples = {0, 1, 2, 3, 4, 5},
                       .unit_low = -10,
                       .unit_high = 10,
                       .adc_low = 0,
                       .adc_high = 4};
};

TEST_F(Poly5, SaysWhatItHolds) {
  for (const int version : {203, 204}) {
    const Poly5Header header = read_poly5_header(write({.version = version, .periods = 6}));
    EXPECT_EQ(header.rate_hz, 2048);
    EXPECT_EQ(header.start, 1347974160);  // date -u -d '2012-09-18 13:16' +%s
    ASSERT_EQ(header.signals.size(), 2u);
    EXPECT_EQ(header.signals[0].name, "ECG");
    EXPECT_EQ(header.signals[0].unit, "uV");
    EXPECT_EQ(header.signals[1].name, "Skin");
    EXPECT_EQ(header.signals[1].unit_low, -10);
    EXPECT_EQ(header.periods, 6);
  }
}

TEST_F(Poly5, HasSamplesInUnitsAcrossBlocks) {
  for (const int version : {203, 204}) {
    const std::string file = write({.version = version, .periods = 6});
    const SignalFile signals = read_poly5(file, read_poly5_header(file), {1, 0});
    ASSERT_EQ(signals.leads.size(), 2u);
    EXPECT_EQ(signals.leads[0].name, "Skin");
    EXPECT_EQ(signals.leads[0].unit, "mV");
    EXPECT_EQ(signals.leads[0].samples, (std::vector<float>{-10, -5, 0, 5, 10, 15}));
    EXPECT_EQ(signals.leads[1].samples, first_.samples);
  }
}

/// The last block is padded, and without a number of periods that cannot be seen.
TEST_F(Poly5, HasWholeBlocksWhereItDoesNotSayItsLength) {
  EXPECT_EQ(read_poly5_header(write({.periods = 0})).periods, 8);
  EXPECT_EQ(read_poly5_header(write({.periods = 100})).periods, 8);
  EXPECT_EQ(read_poly5_header(write({.periods = 5})).periods, 5);
}

TEST_F(Poly5, MayNotKnowWhenItBegan) {
  for (const std::vector<int16_t>& start :
       std::vector<std::vector<int16_t>>{{0, 0, 0, 0, 0, 0, 0},
                                         {2012, 2, 30, 0, 1, 1, 1},
                                         {2012, 257, 1, 0, 1, 1, 1},
                                         {2012, 1, 1, 0, 24, 0, 0},
                                         {2012, 1, 1, 0, 0, -1, 0}})
    EXPECT_FALSE(read_poly5_header(write({.start = start})).start);
}

TEST_F(Poly5, NamesWhatIsWrong) {
  EXPECT_NE(said({.version = 205}).find("neither 2.03 nor 2.04"), std::string::npos);
  EXPECT_NE(said({.rate_hz = 0}).find("it has 0 samples a second"), std::string::npos);
  EXPECT_NE(said({.packed = 1}).find("packed as differences"), std::string::npos);
  EXPECT_NE(said({.has_halves = false}).find("of 16 bits"), std::string::npos);
  second_.adc_high = second_.adc_low;
  EXPECT_NE(said({}).find("signal Skin has no scale"), std::string::npos);
  const std::string other = folder_.write("b.S00", std::string(300, 'x'));
  EXPECT_NE(message<DataError>([&] { read_poly5_header(other); }).find("no Poly5 file"),
            std::string::npos);
}

TEST_F(Poly5, IsNotReadWhereItIsCut) {
  const std::string whole = Poly5Writer{.periods = 6}.file({first_, second_});
  const size_t last = 2 * 2 * sizeof(float);  // samples of padding
  for (size_t size = 0; size < whole.size() - last; ++size) {
    const std::string file = folder_.write(std::to_string(size), whole.substr(0, size));
    EXPECT_THROW(read_poly5(file, read_poly5_header(file), {0}), DataError) << size;
  }
}

/// Each byte of the head in turn is another one: the file is read or refused.
TEST_F(Poly5, OfAnyHeadIsReadOrRefused) {
  const std::string whole = Poly5Writer{.periods = 6}.file({first_, second_});
  for (size_t at = 0; at < 217 + 4 * 136; ++at)
    for (const char other : {'\0', '\x7F', '\xFF'}) {
      std::string changed = whole;
      changed[at] = other;
      const std::string file = folder_.write(text("{}.{}", at, static_cast<int>(other)), changed);
      try {
        const Poly5Header header = read_poly5_header(file);
        read_poly5(file, header, {header.signals.size() - 1});
      } catch (const DataError&) {
      }
    }
}

}  // namespace
}  // namespace tacit
