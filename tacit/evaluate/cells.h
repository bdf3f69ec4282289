// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tacit/artifact/decoder.h"
#include "tacit/data/dataset.h"
#include "tacit/losses/field_losses.h"
#include "tacit/nn/table_encoder.h"

/// What a model of tables expects of each cell: for anomaly scores and for filling in.
namespace tacit {

/// An encoder of tables with what tells cells from its code, both in eval mode.
struct CellModel {
  std::shared_ptr<TableEncoder> encoder;
  std::shared_ptr<MlpHead> decoder;
  FieldOutputs layout;

  /// x: [N, F] encoded rows -> [N, layout.size()].
  Tensor outputs(const Tensor& x) const;
};

/// For each row and column how wrong the model is about the cell when it is not shown it: the mean
/// loss of its fields, 0 where it is missing. [N, columns] float64; the encoder runs once a column.
Tensor hidden_losses(const CellModel& model, const Dataset& rows, int64_t batch_size);

/// The part of CellDecoder that says what is usual, from hidden_losses() of rows that the model has
/// not learned from. A column whose loss never varies has deviation 1.
void calibrate(CellDecoder& decoder, const Tensor& losses);

/// How far each cell's loss is above what is usual, in deviations: [N, columns].
Tensor standardize(const CellDecoder& decoder, const Tensor& losses);

/// One score a row: the mean over columns of what standardize() gave, [N].
Tensor row_scores(const Tensor& standardized);

/// The share of usual rows that score at least as high, counting the row itself, so that of usual
/// rows at most a share a falls to a or below: (1 + #{usual >= score}) / (R + 1), [N]. Conformal
/// p-values: Vovk et al. 2005; Bates et al. 2023, arXiv:2104.08279, section 2.
Tensor p_values(const CellDecoder& decoder, const Tensor& scores);

/// The smallest score that is called an anomaly when at most this share of usual rows may be called
/// one; infinite when there are too few usual rows to promise that.
double threshold(const CellDecoder& decoder, double false_alarms);

/// What the model expects of every cell, given the others.
struct Expected {
  Tensor x;            ///< [N, F] encoded: the mean of a number, the likeliest known category
  Tensor probability;  ///< [N, F] float32 of that category; NaN for a number
};
/// x: [N, F] encoded rows, cells to be told missing in them.
Expected expect(const CellModel& model, const Tensor& x);

}  // namespace tacit
