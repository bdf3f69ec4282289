// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/write_long_form.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "tacit/data/readers/long_form.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

/// Written and read again.
Signals there_and_back(const Signals& signals, const std::string& name) {
  const TemporaryFolder folder;
  write_long_form(signals, folder.path() / name);
  LongFormConfig config;
  config.path = (folder.path() / name).string();
  config.time_unit = TimeUnit::s;
  config.channels = signals.channels;
  return read_long_form(config, folder.path().string());
}

class WriteLongForm : public testing::TestWithParam<const char*> {};

TEST_P(WriteLongForm, ReadsBackToTheSameSignals) {
  Signals signals = people(3);
  signals.recordings[1].labels[0].label = -1;
  signals.recordings[2].start_seconds = 8;
  signals.recordings[2].samples.div_(3);
  const Signals read = there_and_back(signals, GetParam());
  EXPECT_EQ(read.classes, signals.classes);
  ASSERT_EQ(read.recordings.size(), signals.recordings.size());
  for (size_t i = 0; i < read.recordings.size(); ++i) {
    const Recording &a = read.recordings[i], &b = signals.recordings[i];
    EXPECT_EQ(a.subject, b.subject);
    EXPECT_EQ(a.rate_hz, b.rate_hz);
    EXPECT_EQ(a.start_seconds, b.start_seconds);
    EXPECT_TRUE(at::equal(a.samples, b.samples));
    ASSERT_EQ(a.labels.size(), b.labels.size());
    for (size_t s = 0; s < a.labels.size(); ++s) {
      EXPECT_EQ(a.labels[s].begin, b.labels[s].begin);
      EXPECT_EQ(a.labels[s].end, b.labels[s].end);
      EXPECT_EQ(a.labels[s].label, b.labels[s].label);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, WriteLongForm, testing::Values("motion.csv", "motion.parquet"));

}  // namespace
}  // namespace tacit
