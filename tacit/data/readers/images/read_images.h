// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Pictures of whichever kind the path holds: files of MNIST's or CIFAR's kind, tar archives, a
/// table with pictures in it, or files of JPEG, PNG and WebP in folders. Throws DataError and
/// ConfigError like their readers.
Images read_images(const LongFormConfig& asked, const ImagesConfig& config, Target target,
                   const std::string& spool);

}  // namespace tacit
