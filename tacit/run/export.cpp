// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/export.h"

#include "tacit/artifact/head.h"
#include "tacit/onnx/model.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

Pipeline load_pipeline(const fs::path& run, std::optional<ExportHead> head) {
  read_run(run);  // refuses a folder that holds no run
  const fs::path tuned = run / "finetuned";
  if (head.value_or(fs::exists(tuned) ? ExportHead::finetuned : ExportHead::none) ==
      ExportHead::none) {
    require<StateError>(fs::exists(run / "artifact"),
                        "{} holds no encoder to export: it is not the folder of a finished tacit "
                        "pretrain",
                        run.string());
    return {.artifact = Artifact::load(run / "artifact")};
  }
  require<StateError>(fs::exists(tuned),
                      "{} holds no fine-tuned model: run tacit finetune {} first, or export with "
                      "--head none",
                      run.string(), run.string());
  const Artifact artifact = Artifact::load(tuned);
  return {.artifact = artifact, .head = load_head(head_file(tuned), artifact)};
}

}  // namespace

Exported run_export(const fs::path& run, const fs::path& output, const ExportOptions& options) {
  require<ConfigError>(output.extension() == ".onnx",
                       "cannot export to {}: its name must end in .onnx", output.string());
  const Pipeline pipeline = load_pipeline(run, options.head);
  const std::string model = onnx::write_model(pipeline.graph());
  Exported exported{.input = pipeline.input(), .outputs = pipeline.outputs(), .parity = {}};
  if (options.check == ExportCheck::compared)
    exported.parity = require_parity(pipeline, model, OnnxRuntime());
  write_file(output, {model});
  return exported;
}

}  // namespace tacit
