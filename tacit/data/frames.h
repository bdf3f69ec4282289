// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tacit/core/spec.h"

namespace tacit {

/// Pixels of a video's frames, in any order and from any thread.
class Frames {
 public:
  virtual ~Frames() = default;

  /// [T, C, H, W], C = 1 (grey) or 3 (red, green, blue).
  virtual const std::vector<int64_t>& sizes() const = 0;

  /// What is done with frame `at` of those asked for: its bytes [C, H, W], which are gone after the
  /// call.
  using Visit = std::function<void(size_t at, const uint8_t* planes)>;
  /// Visits the frames asked for, each one of 0 … T-1, one after the other; rising ones are
  /// quickest. Throws DataError where a file is no longer what it was.
  virtual void read(std::span<const int64_t> frames, const Visit& visit) const = 0;

  /// checksum() of a frame's bytes.
  virtual std::string checksum_of(int64_t frame) const = 0;
};

/// Those that lie in memory or in a mapped file.
class HeldFrames final : public Frames {
 public:
  /// `pixels`: [T, 1 or 3, H, W], contiguous bytes, else throws ShapeError.
  explicit HeldFrames(Tensor pixels);

  const std::vector<int64_t>& sizes() const override { return sizes_; }
  void read(std::span<const int64_t> frames, const Visit& visit) const override;
  std::string checksum_of(int64_t frame) const override;

 private:
  const uint8_t* planes(int64_t frame) const;

  Tensor pixels_;
  std::vector<int64_t> sizes_;
};

}  // namespace tacit
