// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

namespace tacit {

/// Named tensors and texts: the content of a safetensors file.
struct TensorFile {
  std::map<std::string, at::Tensor>
      tensors;  ///< dense, CPU; float, double, bfloat16, int64, int32, uint8 or bool
  std::map<std::string, std::string> metadata;  ///< free texts
};

/// Writes atomically, with a checksum over header and data kept in the metadata ("checksum").
/// Throws StateError when the file cannot be written.
/// Format: https://github.com/huggingface/safetensors, README "Format".
void write_safetensors(const std::filesystem::path& file, const TensorFile& content);

/// Reads a file whole. Throws StateError when it is missing, truncated, malformed in any way that
/// the format forbids (holes, overlaps, unknown types), or fails its checksum. A file without a
/// checksum (written by another program) is accepted.
TensorFile read_safetensors(const std::filesystem::path& file);

}  // namespace tacit
