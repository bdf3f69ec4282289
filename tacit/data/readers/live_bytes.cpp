// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/live_bytes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr size_t kChunk = size_t{16} << 10;
constexpr int kPatience = 100;  // ms, after which `stop` is looked at
constexpr int kGrowth = 20;     // ms between two looks at the end of a file

std::string name_of(const std::filesystem::path& file) {
  return file == "-" ? "the standard input" : file.string();
}

}  // namespace

LiveBytes::LiveBytes(const std::filesystem::path& file, FileEnd end, const std::atomic<bool>* stop)
    : file_(file),
      end_(end),
      stop_(stop),
      descriptor_(file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)),
      buffer_(kChunk, '\0') {
  require<DataError>(descriptor_ >= 0, "{}: {}", name_of(file_), std::strerror(errno));
}

LiveBytes::~LiveBytes() {
  if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
}

std::string_view LiveBytes::next() {
  while (!is_stopped()) {
    pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, kPatience) <= 0) continue;  // nothing yet, or a signal
    const ssize_t count = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (count > 0) {
      read_ += count;
      return std::string_view(buffer_).substr(0, static_cast<size_t>(count));
    }
    require<DataError>(count == 0 || errno == EINTR || errno == EAGAIN, "{}: {}", name_of(file_),
                       std::strerror(errno));
    if (count == 0 && end_ == FileEnd::ends) return {};
    require_growing();
    ::poll(nullptr, 0, kGrowth);
  }
  return {};
}

void LiveBytes::require_growing() const {
  struct stat state {};
  const bool is_file = ::fstat(descriptor_, &state) == 0 && S_ISREG(state.st_mode);
  require<DataError>(!is_file || state.st_size >= read_,
                     "{} was shortened while it was read; follow the file that is written now",
                     name_of(file_));
}

}  // namespace tacit
