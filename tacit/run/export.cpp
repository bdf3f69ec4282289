// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/export.h"

#include "tacit/artifact/head.h"
#include "tacit/onnx/model.h"
#include "tacit/run/generate.h"

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

/// Writes the file of a pipeline, if asked to only after it agreed.
template <class AnyPipeline>
std::optional<Parity> write(const AnyPipeline& pipeline, const fs::path& output,
                            ExportCheck check) {
  const std::string model = onnx::write_model(pipeline.graph());
  std::optional<Parity> parity;
  if (check == ExportCheck::compared) parity = require_parity(pipeline, model, OnnxRuntime());
  write_file(output, {model});
  return parity;
}

}  // namespace

Exported run_export(const fs::path& run, const fs::path& output, const ExportOptions& options) {
  require<ConfigError>(output.extension() == ".onnx",
                       "cannot export to {}: its name must end in .onnx", output.string());
  if (options.model == ExportModel::generator) {
    Gan gan = load_gan(run);
    const GeneratorPipeline pipeline{std::move(gan.artifact), std::move(gan.generator)};
    return {.inputs = pipeline.inputs(),
            .outputs = {GeneratorPipeline::kImages},
            .parity = write(pipeline, output, options.check)};
  }
  const Pipeline pipeline = load_pipeline(run, options.head);
  return {.inputs = {pipeline.input()},
          .outputs = pipeline.outputs(),
          .parity = write(pipeline, output, options.check)};
}

}  // namespace tacit
