// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/map_channels.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(MapChannels, ChangesEachChannelByItselfAndKeepsTheRest) {
  const Signals before = people(2, 10);
  const TemporaryFolder folder;
  const Signals after = map_channels(
      before, folder.path().string(),
      [](const Recording& recording, int64_t channel, std::vector<float>& samples) {
        for (float& sample : samples)
          sample = -sample + static_cast<float>(channel) + (recording.subject == "2" ? 0.5F : 0);
      });
  ASSERT_EQ(after.recordings.size(), 2u);
  EXPECT_EQ(after.recordings[1].name, before.recordings[1].name);
  EXPECT_EQ(after.recordings[1].labels.size(), 2u);
  EXPECT_EQ(after.recordings[0].samples[0][3].item<float>(), -3);
  EXPECT_EQ(after.recordings[1].samples[1][3].item<float>(), -1003 + 1 + 0.5F);
  EXPECT_EQ(before.recordings[0].samples[0][3].item<float>(), 3);
}

TEST(ChannelOf, ReadsAnyMemoryLayout) {
  Recording recording = counting("r", "1", {{0, 5, -1}});
  recording.samples = recording.samples.t().contiguous().t();
  EXPECT_EQ(channel_of(recording, 1), (std::vector<float>{1000, 1001, 1002, 1003, 1004}));
}

}  // namespace
}  // namespace tacit
