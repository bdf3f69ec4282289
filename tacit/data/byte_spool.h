// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tacit {

/// Bytes on their way from a file to tensors, kept on disk instead of in memory: they are appended
/// to a temporary file that has no name, and afterwards mapped read-only. The system brings parts
/// of it into memory as they are read and may drop them again; the file is gone when the last user
/// of the map is, also after a crash.
class ByteSpool {
 public:
  /// `folder`: "" is $TMPDIR, or /var/tmp without one. Throws StateError when it cannot be written.
  explicit ByteSpool(const std::string& folder);
  ~ByteSpool();
  ByteSpool(const ByteSpool&) = delete;
  ByteSpool& operator=(const ByteSpool&) = delete;

  /// Throws StateError when the disk is full.
  void append(std::span<const std::byte> bytes);
  int64_t size() const { return size_; }
  int64_t free_bytes() const;  ///< that the folder's disk has left; 0 where it does not say
  bool is_finished() const { return descriptor_ < 0; }

  /// Maps the file; nothing can be appended afterwards. Throws StateError.
  void finish();
  /// The whole file, after finish(); null when it is empty. Must not be written to.
  const std::shared_ptr<const std::byte>& map() const { return map_; }

 private:
  void flush();

  std::filesystem::path folder_;
  int descriptor_;
  int64_t size_ = 0;
  std::vector<std::byte> pending_;
  std::shared_ptr<const std::byte> map_;
};

}  // namespace tacit
