// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// Endings of pictures, in both sizes of letters.
bool is_image_name(const std::string& name);

/// What the folders above a picture say where no pattern does: the nearest is its label, and the
/// first of several the part of the set: train/cat/1.png. `name` is relative.
ImageOrigin origin_by_folders(const std::string& name);

/// All pictures of a folder and of those below it, by name. From `asked`: path, path_pattern, and
/// the holes that label and subject name, and recording (joined by slashes); without a pattern as
/// origin_by_folders() says. label "" is none. Throws DataError where there is no picture, and
/// like ImageBuilder.
void read_image_folder(const LongFormConfig& asked, ImageBuilder& builder);

}  // namespace tacit
