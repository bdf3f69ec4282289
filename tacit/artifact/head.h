// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include "tacit/artifact/artifact.h"
#include "tacit/nn/heads.h"

namespace tacit {

/// Where `folder`, that of an artifact, keeps the head that belongs to its encoder.
inline std::filesystem::path head_file(const std::filesystem::path& folder) {
  return folder / "head.safetensors";
}

/// Writes what fine-tuning adds to an encoder (docs/formats/artifact.md). Throws StateError when
/// the file cannot be written.
void save_head(const ClassifierHead& head, const std::filesystem::path& file);

/// The head in `file`, in eval mode, of numbers where the file says in which units they are. It
/// must fit the features and classes of `artifact`. Throws StateError when the file is missing,
/// damaged, or of another model.
std::shared_ptr<ClassifierHead> load_head(const std::filesystem::path& file,
                                          const Artifact& artifact);

}  // namespace tacit
