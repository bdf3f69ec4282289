// SPDX-License-Identifier: Apache-2.0
#include "tacit/artifact/decoder.h"

#include "tacit/core/error.h"
#include "tacit/core/safetensors.h"
#include "tacit/core/weights.h"
#include "tacit/nn/table_encoder.h"

namespace tacit {

std::filesystem::path decoder_file(const std::filesystem::path& folder) {
  return folder / "decoder.safetensors";
}

void save_decoder(const CellDecoder& decoder, const std::filesystem::path& file) {
  TensorFile content;
  add_with_prefix(content.tensors, "decoder.", weights(*decoder.head));
  content.tensors["usual.mean"] = decoder.mean;
  content.tensors["usual.deviation"] = decoder.deviation;
  content.tensors["usual.scores"] = decoder.scores;
  write_safetensors(file, content);
}

CellDecoder load_decoder(const std::filesystem::path& file, const Artifact& artifact) {
  const TensorFile content = read_safetensors(file);
  const auto encoder = std::dynamic_pointer_cast<TableEncoder>(artifact.encoder);
  require<StateError>(encoder != nullptr,
                      "{} belongs to a table, but the encoder beside it does not", file.string());
  CellDecoder decoder;
  try {
    const auto saved = with_prefix(content.tensors, "decoder.");
    const auto hidden = saved.find("hidden_bias");
    decoder.head = std::make_shared<MlpHead>(encoder->code_width(),
                                             hidden == saved.end() ? 0 : hidden->second.numel(),
                                             saved.at("bias").numel(), Rng(0));
    set_weights(*decoder.head, saved);
    decoder.mean = content.tensors.at("usual.mean");
    decoder.deviation = content.tensors.at("usual.deviation");
    decoder.scores = content.tensors.at("usual.scores");
  } catch (const std::exception& e) {
    throw StateError(text("{} does not belong to the encoder beside it ({}); pre-train again",
                          file.string(), e.what()));
  }
  decoder.head->eval();
  return decoder;
}

}  // namespace tacit
