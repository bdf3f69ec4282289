// SPDX-License-Identifier: Apache-2.0
#include "apps/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace tacit::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr int64_t kBarWidth = 20;

int64_t steps_done(const Progress& p) { return p.epoch * p.batches + p.batch; }
int64_t steps_in_all(const Progress& p) { return std::max<int64_t>(1, p.epochs * p.batches); }

std::string format(const char* pattern, double value) {
  char written[64];
  std::snprintf(written, sizeof written, pattern, value);
  return written;
}

std::string format_seconds(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  char written[64];
  if (whole >= 3600)
    std::snprintf(written, sizeof written, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
  else
    std::snprintf(written, sizeof written, "%lld:%02lld", whole / 60, whole % 60);
  return written;
}

std::string bar(double share) {
  const auto full = static_cast<int64_t>(share * kBarWidth);
  std::string drawn = "[";
  for (int64_t i = 0; i < kBarWidth; ++i) drawn += i < full ? '=' : i == full ? '>' : ' ';
  return drawn + "] ";
}

/// Columns of the terminal, so that a bar never wraps.
size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1u : 79u;
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& name, const Progress& progress) {
  const auto now = Clock::now();
  Stage& stage = stages_.try_emplace(name, Stage{now, steps_done(progress)}).first->second;
  const bool complete = steps_done(progress) >= steps_in_all(progress);
  if (terminal_) {
    if (drawn_ && now - last_drawn_ < kRedraw && !complete) return;
    last_drawn_ = now;
    const double share =
        static_cast<double>(steps_done(progress)) / static_cast<double>(steps_in_all(progress));
    draw(bar(share) + describe(name, stage, progress));
    return;
  }
  const int64_t tenths = steps_done(progress) * 10 / steps_in_all(progress);
  if (tenths <= stage.tenths) return;
  stage.tenths = tenths;
  std::cerr << describe(name, stage, progress) << std::endl;
}

std::string ProgressLine::describe(const std::string& name, const Stage& stage,
                                   const Progress& progress) const {
  const int64_t done = steps_done(progress), all = steps_in_all(progress);
  std::string line = name;
  if (progress.epochs > 1)
    line += "  epoch " + std::to_string(std::min(progress.epoch + 1, progress.epochs)) + "/" +
            std::to_string(progress.epochs);
  line += "  " + std::to_string(progress.batch) + "/" + std::to_string(progress.batches);
  if (progress.loss != 0) line += format("  loss %.4f", progress.loss);
  const double seconds = std::chrono::duration<double>(Clock::now() - stage.began).count();
  const double rate = static_cast<double>(done - stage.first_step) / std::max(seconds, 1e-9);
  if (done > stage.first_step && seconds > 0.5) {
    line += format("  %.3g/s", rate);
    if (done < all) line += "  " + format_seconds(static_cast<double>(all - done) / rate) + " left";
  }
  return line;
}

void ProgressLine::draw(const std::string& text) {
  std::cerr << "\r\033[K" << text.substr(0, terminal_width()) << std::flush;
  drawn_ = true;
}

void ProgressLine::say(const std::string& line) {
  clear();
  std::cerr << line << std::endl;
}

void ProgressLine::clear() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace tacit::cli
