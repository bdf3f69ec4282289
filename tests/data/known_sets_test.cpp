// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/known_sets.h"

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <tuple>

#include "tacit/data/windows.h"
#include "tacit/fetch/unpack.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(KnownSets, AreFoundInTheFolderOrItsHar) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "har");
  const auto at = [&](const std::filesystem::path& path) {
    return known_set(KnownSet::hapt, {.path = path.string()}).path;
  };
  EXPECT_THROW(at(folder.path()), DataError);
  EXPECT_THROW(at(""), ConfigError);
  const std::string file = folder.write("har/hapt_raw_50hz.parquet", "");
  EXPECT_EQ(at(folder.path()), file);
  EXPECT_EQ(at(folder.path() / "har"), file);
  EXPECT_EQ(at(file), file);
  EXPECT_THROW(known_set(KnownSet::hapt, {.path = file, .channels = {"a"}}), ConfigError);
}

/// Counts made independently, run by run in file order.
TEST(KnownSets, HaveTheWindowsThatTheReferenceCounts) {
  const char* const folder = std::getenv("TACIT_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds har/";
  const auto windows = [&](KnownSet set, double length) {
    return SignalWindows(read_long_form(known_set(set, {.path = folder}), ""),
                         {.length = {length}});
  };
  EXPECT_EQ(windows(KnownSet::motionsense, 400).size(), 6526);
  const SignalWindows hapt = windows(KnownSet::hapt, 128);
  int64_t labelled = 0, begins = 0;
  for (const Window& window : hapt.windows())
    if (window.label >= 0) ++labelled, begins += window.begin;
  EXPECT_EQ(labelled, 10411);
  EXPECT_EQ(begins, 86359266);
}

/// Every recording in `part` is in `whole`, with samples at most `rounding` apart and the same
/// labels.
void expect_same(const Signals& part, const Signals& whole, double rounding) {
  for (const Recording& recording : part.recordings) {
    const auto same =
        std::find_if(whole.recordings.begin(), whole.recordings.end(), [&](const Recording& other) {
          return other.name == recording.name && other.subject == recording.subject;
        });
    ASSERT_NE(same, whole.recordings.end()) << recording.name;
    ASSERT_EQ(same->samples.sizes(), recording.samples.sizes()) << recording.name;
    EXPECT_LE((same->samples - recording.samples).abs().max().item<double>(), rounding)
        << recording.name;
    ASSERT_EQ(same->labels.size(), recording.labels.size());
    for (size_t i = 0; i < same->labels.size(); ++i) {
      const LabelSpan &a = same->labels[i], &b = recording.labels[i];
      EXPECT_EQ(std::pair(a.begin, a.end), std::pair(b.begin, b.end));
      ASSERT_EQ(a.label < 0, b.label < 0);
      if (a.label < 0) continue;
      EXPECT_EQ(whole.classes[static_cast<size_t>(a.label)],
                part.classes[static_cast<size_t>(b.label)]);
    }
  }
}

/// The stored files are rounded: MotionSense to 2^-12, HAPT's counts to 2e-7 g and 6e-7 rad/s.
TEST(KnownSets, AreTheSameInTheirAuthorsLayout) {
  const char* const folder = std::getenv("TACIT_DATA");
  if (folder == nullptr) GTEST_SKIP() << "set TACIT_DATA to the folder that holds har/";
  const std::filesystem::path samples = std::filesystem::path(folder) / "har" / "original_layout";
  const TemporaryFolder here;
  unpack(samples / "motionsense_original_sample.zip", here.path());
  unpack(samples / "hapt_original_sample.zip", here.path());
  LongFormConfig asked{.channels = {"ax", "ay", "az", "gx", "gy", "gz"}};
  for (const auto& [set, count, rounding] :
       {std::tuple(KnownSet::motionsense, 6, 1.25e-4), {KnownSet::hapt, 1, 8e-7}}) {
    asked.path = here.path().string();
    const Signals part = read_known_set(set, asked, "");
    EXPECT_EQ(part.recordings.size(), count);
    asked.path = folder;
    expect_same(part, read_known_set(set, asked, ""), rounding);
  }
}

}  // namespace
}  // namespace tacit
