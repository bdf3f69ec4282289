// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/npy_windows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tacit/core/error.h"
#include "tests/data/readers/npy_files.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

class NpyWindows : public testing::Test {
 protected:
  /// Four windows of five samples and two channels; sample (n, t, c) is 100 n + 10 t + c.
  NpyWindows() {
    std::vector<float> x;
    for (int n = 0; n < 4; ++n)
      for (int t = 0; t < 5; ++t)
        for (int c = 0; c < 2; ++c) x.push_back(static_cast<float>(100 * n + 10 * t + c));
    put_x(x);
    folder.write("Y.npy", npy("<U2", "4,", bytes_of<uint32_t>({'b', 0, 'a', 0, 'b', 0, 0, 0})));
    folder.write("pid.npy", npy("<i8", "4,", bytes_of<int64_t>({7, 7, 9, 9})));
  }
  void put_x(const std::vector<float>& x) const {
    folder.write("X.npy", npy("<f4", "4, 5, 2", bytes_of(x)));
  }
  Signals read(double rate_hz = 30) const {
    return read_npy_windows({.files = window_files(folder.path()),
                             .channels = {"u", "v"},
                             .scale = {1, 2},
                             .rate_hz = rate_hz},
                            "");
  }
  TemporaryFolder folder;
};

TEST_F(NpyWindows, AreRecordingsOfTheirOwn) {
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 4);
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"a", "b"}));
  const Recording& third = signals.recordings[2];
  EXPECT_EQ(third.subject, "9");
  EXPECT_EQ(third.rate_hz, 30);
  EXPECT_EQ(third.labels[0].label, 1);
  EXPECT_EQ(third.samples.sizes(), (std::vector<int64_t>{2, 5}));
  EXPECT_EQ(third.samples[1][4].item<float>(), 2 * 241);
  EXPECT_EQ(signals.recordings[3].labels[0].label, -1);
}

TEST_F(NpyWindows, LeaveOutWhatIsNotFinite) {
  std::vector<float> x(40, 1);
  x[13] = NAN, x[39] = INFINITY;
  put_x(x);
  const Signals signals = read();
  ASSERT_EQ(signals.recordings.size(), 2);
  EXPECT_EQ(signals.recordings[1].name, "2");
  EXPECT_EQ(signals.notes.size(), 1);
  put_x(std::vector<float>(40, NAN));
  EXPECT_THROW(read(), DataError);
}

TEST_F(NpyWindows, AreRefusedWhenFilesDoNotFit) {
  EXPECT_THROW(read(0), ConfigError);
  folder.write("pid.npy", npy("<i8", "3,", bytes_of<int64_t>({7, 7, 9})));
  EXPECT_NE(message<DataError>([&] { read(); }).find("pid.npy: it has 3 elements"),
            std::string::npos);
  folder.write("X.npy", npy("<f4", "4,", bytes_of<float>({1, 2, 3, 4})));
  EXPECT_NE(message<DataError>([&] { read(); }).find("[N, T, C]"), std::string::npos);
  const TemporaryFolder empty;
  EXPECT_FALSE(has_window_files(empty.path()));
  EXPECT_THROW(window_files(empty.path()), DataError);
}

}  // namespace
}  // namespace tacit
