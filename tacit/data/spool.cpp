// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/spool.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr size_t kPendingFloats = size_t{1} << 18;

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

Spool::Spool(const std::string& folder, int64_t channels)
    : folder_(temporary_folder(folder)), channels_(channels) {
  std::string name = (folder_ / "tacit-spool-XXXXXX").string();
  descriptor_ = mkstemp(name.data());
  if (descriptor_ < 0) fail(folder_, errno);
  unlink(name.c_str());
  pending_.reserve(kPendingFloats);
}

Spool::~Spool() {
  if (descriptor_ >= 0) close(descriptor_);
}

void Spool::append(std::span<const float> values) {
  require<ShapeError>(values.size() % static_cast<size_t>(channels_) == 0,
                      "spool: {} values are not whole rows of {} channels", values.size(),
                      channels_);
  require<StateError>(descriptor_ >= 0, "spool: samples are appended after the end");
  pending_.insert(pending_.end(), values.begin(), values.end());
  rows_ += static_cast<int64_t>(values.size()) / channels_;
  if (pending_.size() >= kPendingFloats) flush();
}

void Spool::flush() {
  const char* from = reinterpret_cast<const char*>(pending_.data());
  size_t left = pending_.size() * sizeof(float);
  while (left > 0) {
    const ssize_t written = write(descriptor_, from, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(folder_, errno);
    from += written;
    left -= static_cast<size_t>(written);
  }
  pending_.clear();
}

void Spool::finish() {
  flush();
  const size_t bytes = static_cast<size_t>(rows_ * channels_) * sizeof(float);
  if (bytes > 0) {
    void* const start = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (start == MAP_FAILED) fail(folder_, errno);
    map_ = {static_cast<const float*>(start),
            [start, bytes](const float*) { munmap(start, bytes); }};
  }
  close(descriptor_);  // the mapping keeps the file
  descriptor_ = -1;
  pending_ = {};
}

Tensor Spool::view(int64_t begin, int64_t length) const {
  require<ShapeError>(begin >= 0 && length >= 0 && begin + length <= rows_,
                      "spool: rows {} … {} of {} are asked for", begin, begin + length, rows_);
  require<StateError>(descriptor_ < 0, "spool: rows are asked for before the end");
  if (length == 0) return at::empty({channels_, 0}, at::kFloat);
  // from_blob takes no pointer to const; nothing writes through it, and the pages are read-only.
  auto* const data = const_cast<float*>(map_.get()) + begin * channels_;
  return at::from_blob(
      data, {channels_, length}, {1, channels_}, [map = map_](void*) {}, at::kFloat);
}

}  // namespace tacit
