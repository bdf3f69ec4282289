// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace tacit {
namespace {

TEST(MatLibrary, CollectsTheFirstComplaintInsteadOfPrintingIt) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const MatLibrary library;
  EXPECT_EQ(MatLibrary::complaint(), "");
  Mat_Warning("one\nof %d", 2);
  Mat_Critical("another");
  EXPECT_EQ(MatLibrary::complaint(), "one of 2");
  EXPECT_EQ(MatLibrary::complaint(), "");
  Mat_Message("only to say");
  EXPECT_EQ(MatLibrary::complaint(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

TEST(MatLibrary, ForgetsWhatWasSaidBefore) {
  {
    const MatLibrary library;
    Mat_Warning("old");
  }
  const MatLibrary library;
  EXPECT_EQ(MatLibrary::complaint(), "");
}

TEST(MatLibrary, ServesOneThreadAtATime) {
  int inside = 0, most = 0;
  const auto work = [&] {
    for (int i = 0; i < 1000; ++i) {
      const MatLibrary library;
      most = std::max(most, ++inside);
      --inside;
    }
  };
  std::thread one(work), two(work);
  one.join();
  two.join();
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace tacit
