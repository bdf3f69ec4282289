// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "tacit/core/spec.h"

namespace tacit {

/// What a signal looks like regardless of when things happen: for each channel the logarithm of its
/// mean amplitude in `bands` equal frequency bands between 0 and max_hz (without 0 Hz), its mean,
/// and the logarithm of its standard deviation. x: [N, C, T] -> [N, C * (bands + 2)]. Amplitudes
/// are those of the discrete Fourier transform over sqrt(T); 0.02 is added before each logarithm,
/// so silence stays finite. Throws ShapeError unless x is [N, C, T] with T >= 2, and ConfigError
/// when there are fewer frequencies below max_hz than bands.
Tensor log_band_spectrum(const Tensor& x, double rate_hz, int64_t bands, double max_hz);

}  // namespace tacit
