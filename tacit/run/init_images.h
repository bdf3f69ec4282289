// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"

namespace tacit {

/// Whether a path is of pictures. `given`, the keys of [data] that a person has set, decides where
/// it can: source, the table `images`, and what only signals and tables have (time, window, …).
/// Else holds_images() does, unless the path holds a set of signals as its authors publish it.
bool are_images(const std::filesystem::path& path, const Json& given);

/// What look_at() does for pictures: decides to which size and colour they are brought, what
/// becomes of broken files, and the split, and tells what it took for classes. Throws DataError
/// when no picture can be read, or only one.
Findings look_at_images(const std::filesystem::path& path, const Json& given);

}  // namespace tacit
