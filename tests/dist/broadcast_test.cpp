// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/broadcast.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include "tacit/dist/world.h"
#include "tests/core/folder.h"
#include "tests/dist/processes.h"

namespace tacit {
namespace {

TensorFile some_file() {
  return {{{"a", at::arange(6, at::kFloat).view({2, 3})},
           {"count", at::full({}, 7, at::kLong)},
           {"none", at::arange(0, at::kDouble)}},
          {{"position", "{\"epoch\":3}"}}};
}

void expect_same(const TensorFile& a, const TensorFile& b) {
  EXPECT_EQ(a.metadata, b.metadata);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    EXPECT_EQ(tensor.scalar_type(), b.tensors.at(name).scalar_type());
    EXPECT_TRUE(tensor.equal(b.tensors.at(name))) << name;
  }
}

TEST(Broadcast, OfOneProcessIsWhatItHas) {
  EXPECT_EQ(broadcast(SingleProcess(), "text"), "text");
  expect_same(broadcast(SingleProcess(), some_file()), some_file());
}

TEST(Member, DISABLED_ReceivesWhatProcessZeroHas) {
  const auto world = join_world();
  const bool first = world->rank() == 0;
  const std::string all("zero \0 byte", 11);
  EXPECT_EQ(broadcast(*world, first ? all : "another"), all);
  EXPECT_EQ(broadcast(*world, first ? "" : "another"), "");
  expect_same(broadcast(*world, first ? some_file() : TensorFile{}), some_file());
}

class BroadcastTest : public FolderTest {};

TEST_F(BroadcastTest, GivesAllWhatProcessZeroHas) {
  Processes(2, "Member.DISABLED_ReceivesWhatProcessZeroHas", folder).expect_success();
}

}  // namespace
}  // namespace tacit
