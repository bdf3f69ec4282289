// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/heartbeat.h"

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

namespace tacit {
namespace {

using Kind = Heartbeat::Loss::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kSilence{150};

/// Notes in memory.
class Board {
 public:
  explicit Board(size_t size) : notes_(size, "0") {}
  NoteBoard of(size_t rank) {
    return {[this, rank](const std::string& note) { set(rank, note); }, [this] { return all(); }};
  }
  void set(size_t rank, const std::string& note) {
    const std::lock_guard lock(mutex_);
    if (gone_) throw std::runtime_error("gone");
    notes_[rank] = note;
  }
  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    if (gone_) throw std::runtime_error("gone");
    return notes_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> notes_;
  bool gone_ = false;
};

TEST(Heartbeat, FindsNobodyLostWhileAllBeat) {
  Board board(2);
  Heartbeat a(board.of(0), kSilence), b(board.of(1), kSilence);
  std::this_thread::sleep_for(3 * kSilence);
  EXPECT_FALSE(a.lost());
  EXPECT_FALSE(b.lost());
}

TEST(Heartbeat, WaitsForAllToLeave) {
  Board board(2);
  Heartbeat a(board.of(0), 10 * kSilence);
  a.leave();
  std::thread other([&] { board.set(1, "left"); });
  a.wait_for_all_to_leave();  // else the time of silence
  other.join();
  EXPECT_EQ(board.all().at(1), "left");
}

TEST(Heartbeat, NamesAProcessThatFallsSilent) {
  Board board(3);
  Heartbeat a(board.of(0), kSilence), b(board.of(1), kSilence);
  const auto lost = a.wait_for_loss();  // process 2 never wrote
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->rank, 2);
  EXPECT_EQ(lost->kind, Kind::silent);
}

TEST(Heartbeat, TellsLeavingFromDying) {
  Board board(2);
  Heartbeat a(board.of(0), milliseconds(15'000));  // too long to be missed
  board.set(1, "left");
  const auto lost = a.wait_for_loss();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->rank, 1);
  EXPECT_EQ(lost->kind, Kind::left);
}

TEST(Heartbeat, PassesOnWhoWasLostFirst) {
  Board board(3);
  Heartbeat a(board.of(0), milliseconds(15'000));
  board.set(1, "left after 2");
  const auto lost = a.wait_for_loss();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->rank, 2);
  EXPECT_EQ(lost->kind, Kind::silent);
  a.leave();
  EXPECT_EQ(board.all().at(0), "left after 2");
}

TEST(Heartbeat, NoticesThatTheBoardIsGone) {
  Board board(2);
  Heartbeat a(board.of(0), kSilence);
  board.remove();
  const auto lost = a.wait_for_loss();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->kind, Kind::no_board);
}

TEST(Heartbeat, LeavesANote) {
  Board board(1);
  { const Heartbeat a(board.of(0), kSilence); }
  EXPECT_EQ(board.all().at(0), "left");
}

}  // namespace
}  // namespace tacit
