// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "tacit/core/safetensors.h"

namespace tacit {

/// A folder of checkpoints: last.safetensors and previous.safetensors, the two newest, and
/// best.safetensors. Whatever instant a process dies at, one whole checkpoint is there.
/// docs/formats/checkpoint.md has the content.
class Checkpoints {
 public:
  /// Creates the folder. Throws StateError.
  explicit Checkpoints(std::filesystem::path folder);

  /// Throws StateError when the file cannot be written, and refuses weights that are not finite;
  /// older checkpoints stay.
  void save(const TensorFile& content) const;
  void save_best(const TensorFile& content) const;

  /// The newest checkpoint that is whole, or nothing when none was ever written. Throws StateError,
  /// with the reason each one was refused, when there are only damaged ones.
  std::optional<TensorFile> load() const;
  std::optional<TensorFile> load_best() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace tacit
