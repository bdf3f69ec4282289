// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_library.h"

#include <algorithm>
#include <utility>

namespace tacit {
namespace {

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

std::string& first_complaint() {
  static std::string words;  // guarded by the mutex
  return words;
}

void collect(int level, char* message) {
  if (level >= (MATIO_LOG_LEVEL_MESSAGE) || message == nullptr || !first_complaint().empty())
    return;
  first_complaint() = message;
}

}  // namespace

MatLibrary::MatLibrary() : lock_(library_mutex()) {
  Mat_LogInitFunc("tacit", collect);
  first_complaint().clear();
}

std::string MatLibrary::complaint() {
  std::string words = std::exchange(first_complaint(), {});
  std::ranges::replace(words, '\n', ' ');
  return words;
}

}  // namespace tacit
