// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/heartbeat.h"

#include <algorithm>
#include <string_view>

namespace tacit {
namespace {

constexpr int kBeatsOfSilence = 15, kBeatsWhenBroken = 5;
constexpr std::string_view kLeft = "left";

bool has_left(const std::string& note) { return note.starts_with(kLeft); }

/// What the note of process `rank` says about who was lost first: "left", or "left after 2".
Heartbeat::Loss read_left(const std::string& note, int64_t rank) {
  using Kind = Heartbeat::Loss::Kind;
  const size_t number = note.find_first_of("0123456789");
  if (number == std::string::npos) return {Kind::left, rank};
  return {Kind::silent, std::stoll(note.substr(number))};
}

}  // namespace

Heartbeat::Heartbeat(NoteBoard board, std::chrono::milliseconds silence)
    : board_(std::move(board)), interval_(silence / kBeatsOfSilence), thread_([this] { work(); }) {}

Heartbeat::~Heartbeat() { leave(); }

void Heartbeat::leave() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  try {
    const bool after = lost_ && lost_->kind == Loss::Kind::silent;
    board_.write(std::string(kLeft) + (after ? " after " + std::to_string(lost_->rank) : ""));
  } catch (const std::exception&) {
    // The board went first: nobody is left to be told.
  }
}

void Heartbeat::wait_for_all_to_leave() const {
  try {
    for (int i = 0; i < kBeatsOfSilence; ++i) {
      const std::vector<std::string> notes = board_.read();
      if (std::all_of(notes.begin(), notes.end(), has_left)) return;
      std::this_thread::sleep_for(interval_);
    }
  } catch (const std::exception&) {
    // Nobody writes to a board that cannot be read.
  }
}

std::optional<Heartbeat::Loss> Heartbeat::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

std::optional<Heartbeat::Loss> Heartbeat::wait_for_loss() {
  std::unique_lock lock(mutex_);
  broken_ = true;
  changed_.wait_for(lock, interval_ * (2 * kBeatsOfSilence), [&] { return lost_.has_value(); });
  return lost_;
}

void Heartbeat::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !lost_) {
    lock.unlock();
    beat();
    lock.lock();
    changed_.notify_all();
    changed_.wait_for(lock, interval_, [&] { return stopping_; });
  }
}

void Heartbeat::beat() {
  std::optional<Loss> loss;
  int patience = kBeatsOfSilence;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) patience = kBeatsWhenBroken;
  }
  try {
    board_.write(std::to_string(beats_ + 1));
    const std::vector<std::string> notes = board_.read();
    seen_.resize(notes.size());
    unchanged_.resize(notes.size());
    for (size_t rank = 0; rank < notes.size() && !loss; ++rank) {
      unchanged_[rank] = notes[rank] == seen_[rank] ? unchanged_[rank] + 1 : 0;
      seen_[rank] = notes[rank];
      if (has_left(notes[rank]))
        loss = read_left(notes[rank], static_cast<int64_t>(rank));
      else if (unchanged_[rank] > patience)
        loss = {Loss::Kind::silent, static_cast<int64_t>(rank)};
    }
  } catch (const std::exception&) {
    loss = {Loss::Kind::no_board, -1};
  }
  ++beats_;
  const std::lock_guard lock(mutex_);
  if (!stopping_) lost_ = loss;
}

}  // namespace tacit
