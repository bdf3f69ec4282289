// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/spool.h"

#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

TEST(Spool, GivesBackWhatWasAppendedAlsoAfterItIsGone) {
  Tensor all, part;
  {
    Spool spool("", 3);
    std::vector<float> values;
    for (int i = 0; i < 300000; ++i) values.push_back(static_cast<float>(i));
    for (int i = 0; i < 3; ++i) spool.append(values);
    EXPECT_EQ(spool.rows(), 300000);
    spool.finish();
    all = spool.view(0, 300000);
    part = spool.view(100001, 2);
    EXPECT_THROW(spool.view(299999, 2), ShapeError);
    EXPECT_THROW(spool.append(values), StateError);
  }
  EXPECT_EQ(all[2][299999].item<float>(), 299999);
  EXPECT_EQ(part.sizes(), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(part[1][1].item<float>(), 7);
}

TEST(Spool, SaysWhereItCannotWrite) {
  EXPECT_THROW(Spool("/nowhere/at/all", 1), StateError);
  Spool spool("", 2);
  EXPECT_THROW(spool.append(std::vector<float>{1, 2, 3}), ShapeError);
  EXPECT_THROW(spool.view(0, 0), StateError);
  spool.finish();
  EXPECT_EQ(spool.view(0, 0).numel(), 0);
}

}  // namespace
}  // namespace tacit
