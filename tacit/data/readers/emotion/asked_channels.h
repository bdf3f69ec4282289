// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "tacit/data/readers/long_form.h"

namespace tacit {

/// A channel that is asked for.
struct AskedChannel {
  size_t place;  ///< among those available
  double scale;  ///< factor to the unit wanted
};

/// asked.channels in that order, with asked.scale. Throws ConfigError for a channel that is not
/// available and where there are not as many factors as channels.
std::vector<AskedChannel> asked_channels(const LongFormConfig& asked,
                                         const std::vector<std::string>& available);

/// A sample in the unit wanted; NaN where it is missing. Throws DataError that names `file` for one
/// that is infinite or beyond what a float can be.
float sample_of(double value, const AskedChannel& channel, const std::string& file);

}  // namespace tacit
