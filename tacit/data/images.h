// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tacit/data/examples.h"

namespace tacit {

/// What is known of a picture besides its pixels.
struct ImageOrigin {
  std::string name{};       ///< as its folder or archive calls it
  std::string recording{};  ///< the part of the set that it is in, such as "train"
  std::string subject{};    ///< who or what it is of; "" where nobody is named
  std::string label{};      ///< a class, or a number in digits; "" without one
};

/// Pictures of one size.
class Images final : public Examples {
 public:
  /// pixels: [N, C, H, W] uint8, C = 1 (grey) or 3 (red, green, blue), possibly a view of a mapped
  /// file; an origin a row. Where `target` is a class, `kept` are the labels that count, all if it
  /// is empty. Throws DataError naming a label that is no number where the target is one, and
  /// ConfigError naming a class of `kept` that no picture has.
  Images(Tensor pixels, std::vector<ImageOrigin> origins, Target target,
         const std::vector<std::string>& kept, std::vector<std::string> notes);

  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return pixels_.size(0); }
  /// x: [N, C, H, W], 0 … 255.
  Batch read(std::span<const int64_t> rows) const override;
  Batch read_packed(std::span<const int64_t> rows) const override;  ///< x: uint8
  Tensor unpack(const Tensor& x) const override { return x.to(at::kFloat); }
  Target target() const override { return target_; }
  const std::vector<std::string>& classes() const override { return classes_; }
  int64_t label(int64_t row) const override;
  float number(int64_t row) const override;
  Origin origin(int64_t row) const override;
  const std::vector<std::string>& notes() const override { return notes_; }

  const Tensor& pixels() const { return pixels_; }
  const ImageOrigin& about(int64_t row) const { return origins_.at(static_cast<size_t>(row)); }

 private:
  Tensor pixels_;
  std::vector<ImageOrigin> origins_;
  Target target_;
  std::vector<std::string> classes_, notes_;
  std::vector<int64_t> labels_;  ///< classes
  std::vector<float> numbers_;   ///< where the target is one
  Spec spec_;
};

}  // namespace tacit
