// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// Samples on their way from a file to tensors, kept on disk instead of in memory: rows are
/// appended to a temporary file that has no name, and afterwards mapped read-only. The system
/// brings parts of it into memory as they are read and may drop them again, so recordings may
/// exceed the memory; the file is gone when the last tensor is, also after a crash.
class Spool {
 public:
  /// `folder`: "" is $TMPDIR, or /var/tmp without one. Throws StateError when it cannot be written.
  Spool(const std::string& folder, int64_t channels);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// values: whole rows [T, C]. Throws StateError when the disk is full.
  void append(std::span<const float> values);
  /// Rows appended so far.
  int64_t rows() const { return rows_; }

  /// Maps the file; nothing can be appended afterwards. Throws StateError.
  void finish();
  /// [C, length] float32 from row `begin`, a view that must not be written to. Call after finish().
  Tensor view(int64_t begin, int64_t length) const;

 private:
  void flush();

  std::filesystem::path folder_;
  int64_t channels_;
  int descriptor_;
  int64_t rows_ = 0;
  std::vector<float> pending_;
  std::shared_ptr<const float> map_;
};

}  // namespace tacit
