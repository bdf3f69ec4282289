// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tacit/export/parity.h"
#include "tacit/run/folder.h"

namespace tacit {

/// Which head goes into an exported file.
enum class ExportHead { none, finetuned };
inline std::vector<std::string> names(ExportHead) { return {"none", "finetuned"}; }

/// Which network of a run goes into an exported file: the encoder, with or without a head, or the
/// generator that was trained with it.
enum class ExportModel { encoder, generator };

/// Whether a file must agree with Tacit in ONNX Runtime before it is kept.
enum class ExportCheck { compared, unchecked };

struct ExportOptions {
  ExportModel model = ExportModel::encoder;
  std::optional<ExportHead> head{};  ///< of an encoder; default: finetuned where the run holds one
  ExportCheck check = ExportCheck::compared;
};

struct Exported {
  std::vector<std::string> inputs, outputs;
  std::optional<Parity> parity;  ///< none when unchecked
};

/// `tacit export`: writes the encoder of a run, or its fine-tuned encoder and head, with the
/// preprocessing before it, or its generator, as one ONNX file (docs/formats/onnx.md). The file
/// appears whole, and only after it agreed. Throws ConfigError for another suffix than .onnx,
/// StateError when the run holds no such model, when the file does not agree or cannot be compared,
/// and when it cannot be written.
Exported run_export(const std::filesystem::path& run, const std::filesystem::path& output,
                    const ExportOptions& options);

}  // namespace tacit
