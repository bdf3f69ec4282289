// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>

#include "tacit/core/config.h"
#include "tacit/data/dataset.h"

namespace tacit {

enum class Normalization {
  zscore,  ///< mean 0 and deviation 1 for each channel
  sensor,  ///< mean 0 for each channel, one scale for the axes of a sensor (its x, y, z), so that a
           ///< rotation of the normalised signal is the rotation of a sensor
  none,
};
inline std::vector<std::string> names(Normalization) { return {"zscore", "sensor", "none"}; }

/// Shift and scale of each channel, fitted on training rows and stored with the model.
struct Normalizer {
  Tensor mean;   ///< [C] float32, in the file's units
  Tensor scale;  ///< [C] float32, > 0; a constant channel has 1

  /// Mean and standard deviation over all samples of these rows, read in chunks. Overlapping
  /// windows count repeatedly. Throws DataError when a value is not finite or there are no rows.
  static Normalizer fit(Normalization kind, const Dataset& data, std::span<const int64_t> rows);
  /// What brings low … high to -1 … 1, in each of C channels.
  static Normalizer between(double low, double high, int64_t channels);
  /// x: [N, C, *] -> the same shape, (x - mean) / scale.
  Tensor apply(const Tensor& x) const;
};

}  // namespace tacit
