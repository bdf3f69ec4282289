// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include "tacit/artifact/artifact.h"
#include "tacit/nn/heads.h"

namespace tacit {

/// What tells the cells of a table's row from its code (the encoder's last layer), and how wrong it
/// usually is: on rows that it did not learn from, each column hidden in turn.
struct CellDecoder {
  std::shared_ptr<MlpHead> head;  ///< code -> outputs as FieldOutputs lays them out
  Tensor mean, deviation;         ///< [columns] float64, of each column's loss
  Tensor scores;                  ///< [R] float64, ascending: of rows, as row_scores() gives them
};

/// Where an artifact keeps its decoder.
std::filesystem::path decoder_file(const std::filesystem::path& folder);

/// Throws StateError when the file cannot be written.
void save_decoder(const CellDecoder& decoder, const std::filesystem::path& file);

/// Throws StateError when the file is missing, damaged, or does not belong to the artifact.
CellDecoder load_decoder(const std::filesystem::path& file, const Artifact& artifact);

}  // namespace tacit
