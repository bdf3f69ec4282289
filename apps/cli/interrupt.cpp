// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace tacit::cli {
namespace {

constexpr int kInterrupted = 130;  // what shells report after Ctrl-C

// A signal handler reaches nothing but statics.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int) {
  if (stop_requested.exchange(true)) ::_exit(kInterrupted);
}

}  // namespace

const std::atomic<bool>& watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // a signal must not make a write fail
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop_requested;
}

}  // namespace tacit::cli
