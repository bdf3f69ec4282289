// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/data/dataset.h"
#include "tacit/nn/encoder.h"

namespace tacit {

/// What an encoder says about the rows of a data set, on the CPU.
struct Features {
  Tensor x;    ///< [N, D] float32
  Tensor y;    ///< [N] as in Batch: classes, or numbers
  Tensor row;  ///< [N] int64, the data set's row numbers

  int64_t size() const { return x.size(0); }
};

/// Runs all rows through the encoder in eval mode, on the device of its parameters and without
/// gradients. Afterwards each module of the encoder is in the mode it was in, also after an
/// exception; running statistics do not move. batch_size >= 1 bounds memory and does not change the
/// result. Throws ConfigError for another batch size and ShapeError when the encoder's output is
/// not [N, features()].
Features extract(Encoder& encoder, const Dataset& data, int64_t batch_size);

}  // namespace tacit
