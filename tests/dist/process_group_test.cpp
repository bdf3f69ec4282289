// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/process_group.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/core/GradMode.h>

#include "tacit/core/error.h"
#include "tacit/dist/world.h"
#include "tests/core/folder.h"
#include "tests/dist/processes.h"

namespace tacit {
namespace {

using at::Tensor;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ProcessGroupTest : public FolderTest {};

Meeting meeting() {
  Meeting found = find_meeting().value();
  found.silence = milliseconds(1500);
  return found;
}

/// [rows, 2] that differs between processes.
Tensor rows_of(int64_t rank, int64_t rows) {
  return at::arange(2 * rows, at::kFloat).view({rows, 2}) + 100.0 * static_cast<double>(rank);
}

// ---- Run by three processes -------------------------------------------------------------------

void compute_collectives(const ProcessGroup& world) {
  const int64_t rank = world.rank();
  EXPECT_EQ(world.size(), 3);
  const Tensor x = rows_of(rank, 2);
  EXPECT_TRUE(world.sum(x).equal(rows_of(0, 2) + rows_of(1, 2) + rows_of(2, 2)));
  EXPECT_TRUE(world.mean(x).allclose(rows_of(1, 2)));
  EXPECT_TRUE(world.gather(x).equal(at::cat({rows_of(0, 2), rows_of(1, 2), rows_of(2, 2)})));
  EXPECT_TRUE(world.broadcast(x).equal(rows_of(0, 2)));
  EXPECT_TRUE(x.equal(rows_of(rank, 2))) << "the argument was changed";
  EXPECT_TRUE(world.sum(x.t()).equal(world.sum(x).t())) << "another memory layout";
  EXPECT_EQ(world.sum(at::full({}, rank, at::kLong)).item<int64_t>(), 3);
}

void gather_uneven_rows(const ProcessGroup& world) {
  const Tensor mine = rows_of(world.rank(), 1 + world.rank() % 2);  // 1, 2, 1 rows
  EXPECT_TRUE(world.gather(mine).equal(at::cat({rows_of(0, 1), rows_of(1, 2), rows_of(2, 1)})));
}

void send_gradients(const ProcessGroup& world) {
  const auto rank = static_cast<double>(world.rank());
  // Process r's loss is c_r (2 s + 3 m) · 1 with c_r = r + 1; the derivative of all losses' sum by
  // each x_r is 2 Σ c + 3 Σ c / 3.
  Tensor x = rows_of(world.rank(), 2).set_requires_grad(true);
  ((world.sum(x) * 2 + world.mean(x) * 3).sum() * (rank + 1)).backward();
  EXPECT_TRUE(x.grad().allclose(at::full({2, 2}, 2 * 6 + 6.0)));
  // Process r weighs gathered row j by (r + 1) (j + 1): row j's derivative is 6 (j + 1).
  Tensor z = rows_of(world.rank(), 1 + world.rank() % 2).set_requires_grad(true);
  const Tensor weight = at::arange(1, 5, at::kFloat).unsqueeze(1);  // [4, 1]
  ((world.gather(z) * weight).sum() * (rank + 1)).backward();
  const int64_t first = world.rank() == 0 ? 0 : world.rank() == 1 ? 1 : 3;
  EXPECT_TRUE(z.grad().allclose((6 * weight).narrow(0, first, z.size(0)).expand_as(z)));
  const c10::AutoGradMode no_grad(false);
  EXPECT_FALSE(world.sum(x).requires_grad());
}

void wait_for_the_slow(const ProcessGroup& world) {
  if (world.rank() == 1) std::this_thread::sleep_for(2 * meeting().silence);
  EXPECT_EQ(world.sum(at::ones({1})).item<float>(), 3);
}

TEST(Member, DISABLED_Works) {
  const ProcessGroup world(meeting());
  compute_collectives(world);
  gather_uneven_rows(world);
  send_gradients(world);
  wait_for_the_slow(world);
}

TEST_F(ProcessGroupTest, CollectivesHaveTheirValuesAndGradientsAndWait) {
  Processes(3, "Member.DISABLED_Works", folder).expect_success();
}

// ---- Somebody dies ------------------------------------------------------------------------------

void lose(int64_t who, int signal) {
  const ProcessGroup world(meeting());
  world.sum(at::ones({1}));
  if (world.rank() == who) ::raise(signal);
  const auto start = steady_clock::now();
  const std::string message = message_of<StateError>([&] { world.sum(at::ones({1})); });
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_NE(message.find(text("process {} of 2 (pid ", who)), std::string::npos) << message;
  EXPECT_NE(message.find("has died"), std::string::npos) << message;
  message_of<StateError>([&] { world.sum(at::ones({1})); });  // and stays so
}

TEST(Member, DISABLED_LosesOneThatIsKilled) { lose(1, SIGKILL); }
TEST(Member, DISABLED_LosesOneThatHangs) { lose(1, SIGSTOP); }
TEST(Member, DISABLED_LosesTheOneThatKeepsTheStore) { lose(0, SIGKILL); }

TEST(Member, DISABLED_LosesTheHangingOneThatKeepsTheStore) { lose(0, SIGSTOP); }

TEST(Member, DISABLED_IsLeft) {
  auto world = std::make_unique<ProcessGroup>(meeting());
  if (world->rank() == 1) return;  // as after an error of its own
  const std::string message = message_of<StateError>([&] { world->sum(at::ones({1})); });
  EXPECT_NE(message.find("process 1 of 2"), std::string::npos) << message;
  EXPECT_NE(message.find("its own message says why"), std::string::npos) << message;
}

TEST_F(ProcessGroupTest, NamesAProcessThatWasKilledAndEnds) {
  Processes two(2, "Member.DISABLED_LosesOneThatIsKilled", folder);
  EXPECT_EQ(two.wait(1), -SIGKILL);
  EXPECT_EQ(two.wait(0), 0) << two.output(0);
}

TEST_F(ProcessGroupTest, NamesAProcessThatHangsAndEnds) {
  Processes two(2, "Member.DISABLED_LosesOneThatHangs", folder);
  EXPECT_EQ(two.wait(0), 0) << two.output(0);
}

TEST_F(ProcessGroupTest, NamesTheProcessThatKeptTheStoreAndEnds) {
  Processes two(2, "Member.DISABLED_LosesTheOneThatKeepsTheStore", folder);
  EXPECT_EQ(two.wait(0), -SIGKILL);
  EXPECT_EQ(two.wait(1), 0) << two.output(1);
}

TEST_F(ProcessGroupTest, NamesTheProcessThatKeptTheStoreAndHangsAndEnds) {
  Processes two(2, "Member.DISABLED_LosesTheHangingOneThatKeepsTheStore", folder);
  EXPECT_EQ(two.wait(1), 0) << two.output(1);
}

TEST_F(ProcessGroupTest, PointsToAProcessThatStopped) {
  Processes(2, "Member.DISABLED_IsLeft", folder).expect_success();
}

TEST_F(ProcessGroupTest, NamesThoseWhoDoNotCome) {
  const Meeting alone{.rank = 0, .size = 3, .port = free_port(), .join = milliseconds(1000)};
  const std::string message = message_of<StateError>([&] { ProcessGroup world(alone); });
  EXPECT_NE(message.find("process 1, 2 of 3"), std::string::npos) << message;
}

TEST_F(ProcessGroupTest, SaysWhereItLookedForTheOthers) {
  const Meeting nobody{.rank = 1, .size = 2, .port = free_port(), .join = milliseconds(1000)};
  const std::string message = message_of<StateError>([&] { ProcessGroup world(nobody); });
  EXPECT_NE(message.find(text("127.0.0.1:{}", nobody.port)), std::string::npos) << message;
}

}  // namespace
}  // namespace tacit
