// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tacit {

/// What a process looks at to see the others: each leaves a note that changes while it lives.
struct NoteBoard {
  std::function<void(const std::string&)> write;   ///< this process's note
  std::function<std::vector<std::string>()> read;  ///< everyone's, by rank
};

/// A thread that says "I live" to the other processes of a world, and listens to them. It tells a
/// process that is slow from one that is dead, which no wait for its data can.
class Heartbeat {
 public:
  /// A process is taken for dead when its note has stayed as it is for `silence`, in beats of this
  /// process: one that was itself stopped for a while does not bury the others.
  Heartbeat(NoteBoard board, std::chrono::milliseconds silence);
  ~Heartbeat();  ///< leave()
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  struct Loss {
    enum class Kind {
      silent,   ///< no sign of life
      left,     ///< said that it goes
      no_board  ///< the board cannot be reached
    } kind;
    int64_t rank;  ///< -1 for no_board
  };
  /// The first process that was lost, or nothing while all live.
  std::optional<Loss> lost() const;
  /// How often it wrote and read. It stands still while the board does not answer at all.
  int64_t beats() const { return beats_; }
  /// To be asked when a connection broke, so that somebody must be lost: a third of `silence` is
  /// enough then. Waits until it is known who.
  std::optional<Loss> wait_for_loss();
  /// Leaves the note that this process is gone, and after whose loss.
  void leave();
  /// For who keeps the board, after leave(): waits until all left, at most for the time of
  /// `silence`.
  void wait_for_all_to_leave() const;

 private:
  void work();
  void beat();

  NoteBoard board_;
  std::chrono::milliseconds interval_;
  std::vector<std::string> seen_;
  std::vector<int> unchanged_;  ///< beats since a note changed
  std::atomic<int64_t> beats_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool broken_ = false;
  std::optional<Loss> lost_;
  std::thread thread_;
};

}  // namespace tacit
