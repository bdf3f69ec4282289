// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/byte_spool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <system_error>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr size_t kPendingBytes = size_t{1} << 20;

std::filesystem::path temporary_folder(const std::string& folder) {
  if (!folder.empty()) return folder;
  const char* const usual = std::getenv("TMPDIR");
  return usual != nullptr && *usual != '\0' ? usual : "/var/tmp";
}

[[noreturn]] void fail(const std::filesystem::path& folder, int reason) {
  throw StateError(text("cannot keep samples in {}: {}; set data.spool to a folder with space",
                        folder.string(), std::strerror(reason)));
}

}  // namespace

ByteSpool::ByteSpool(const std::string& folder) : folder_(temporary_folder(folder)) {
  std::string name = (folder_ / "tacit-spool-XXXXXX").string();
  descriptor_ = mkstemp(name.data());
  if (descriptor_ < 0) fail(folder_, errno);
  unlink(name.c_str());
  pending_.reserve(kPendingBytes);
}

ByteSpool::~ByteSpool() {
  if (descriptor_ >= 0) close(descriptor_);
}

int64_t ByteSpool::free_bytes() const {
  std::error_code problem;
  const std::filesystem::space_info disk = std::filesystem::space(folder_, problem);
  constexpr std::uintmax_t kMost = std::numeric_limits<int64_t>::max();
  return problem ? 0 : static_cast<int64_t>(std::min(disk.available, kMost));
}

void ByteSpool::append(std::span<const std::byte> bytes) {
  require<StateError>(!is_finished(), "spool: samples are appended after the end");
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  size_ += static_cast<int64_t>(bytes.size());
  if (pending_.size() >= kPendingBytes) flush();
}

void ByteSpool::flush() {
  const std::byte* from = pending_.data();
  size_t left = pending_.size();
  while (left > 0) {
    const ssize_t written = write(descriptor_, from, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(folder_, errno);
    from += written;
    left -= static_cast<size_t>(written);
  }
  pending_.clear();
}

void ByteSpool::finish() {
  flush();
  const auto bytes = static_cast<size_t>(size_);
  if (bytes > 0) {
    void* const start = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (start == MAP_FAILED) fail(folder_, errno);
    map_ = {static_cast<const std::byte*>(start),
            [start, bytes](const std::byte*) { munmap(start, bytes); }};
  }
  close(descriptor_);  // the mapping keeps the file
  descriptor_ = -1;
  pending_ = {};
}

}  // namespace tacit
