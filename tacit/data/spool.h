// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "tacit/core/spec.h"
#include "tacit/data/byte_spool.h"

namespace tacit {

/// Samples of several channels in a ByteSpool, so that recordings may exceed the memory.
class Spool {
 public:
  /// `folder`: as of ByteSpool. Throws StateError when it cannot be written.
  Spool(const std::string& folder, int64_t channels) : bytes_(folder), channels_(channels) {}

  /// values: whole rows [T, C]. Throws StateError when the disk is full.
  void append(std::span<const float> values);
  /// Rows appended so far.
  int64_t rows() const { return rows_; }

  /// Nothing can be appended afterwards. Throws StateError.
  void finish() { bytes_.finish(); }
  /// [C, length] float32 from row `begin`, a view that must not be written to. Call after finish().
  Tensor view(int64_t begin, int64_t length) const;

 private:
  ByteSpool bytes_;
  int64_t channels_;
  int64_t rows_ = 0;
};

}  // namespace tacit
