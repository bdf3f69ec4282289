// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/checkpoint.h"

#include <ATen/ops/isfinite.h>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

void require_finite(const TensorFile& content) {
  for (const auto& [name, tensor] : content.tensors)
    require<StateError>(
        !tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>(),
        "refused to save \"{}\": it is not finite; lower train.optimizer.learning_rate "
        "and run the same command to continue from the last good checkpoint",
        name);
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder) : folder_(std::move(folder)) { create_folder(folder_); }

void Checkpoints::save(const TensorFile& content) const {
  require_finite(content);
  const fs::path fresh = folder_ / "next.safetensors", last = folder_ / "last.safetensors";
  write_safetensors(fresh, content);
  if (fs::exists(last)) rename_file(last, folder_ / "previous.safetensors");
  rename_file(fresh, last);
}

void Checkpoints::save_best(const TensorFile& content) const {
  require_finite(content);
  write_safetensors(folder_ / "best.safetensors", content);
}

std::optional<TensorFile> Checkpoints::load() const {
  std::vector<std::string> reasons;
  // "next" is there when a process died between writing it and giving it its name.
  for (const char* name : {"next", "last", "previous"}) {
    const fs::path file = folder_ / text("{}.safetensors", name);
    if (!fs::exists(file)) continue;
    try {
      return read_safetensors(file);
    } catch (const StateError& e) {
      reasons.emplace_back(e.what());
    }
  }
  require<StateError>(reasons.empty(),
                      "no usable checkpoint in {} ({}); start again with --overwrite",
                      folder_.string(), join(reasons, "; "));
  return std::nullopt;
}

std::optional<TensorFile> Checkpoints::load_best() const {
  const fs::path file = folder_ / "best.safetensors";
  return fs::exists(file) ? std::optional(read_safetensors(file)) : std::nullopt;
}

}  // namespace tacit
