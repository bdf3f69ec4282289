// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tacit {

struct UnpackLimits {
  int64_t most_files = 200'000;
  int64_t most_bytes = int64_t{64} << 30;  ///< unpacked, all together
  int64_t most_ratio = 200;  ///< unpacked bytes a packed byte, beyond the first 64 MiB
};

/// Unpacks a zip, tar, tar.gz (whatever libarchive knows) below `folder`, which must be there, and
/// nothing outside of it: an entry with an absolute path, "..", a backslash or an odd letter, a
/// link, a device, or a file that another entry wrote already, is refused before it is written.
/// Returns the paths of the files, relative to `folder`. Throws DataError naming the entry, also
/// for an archive that is damaged or beyond the limits; then part of it may stand in `folder`.
/// Throws StateError when it cannot be written.
std::vector<std::string> unpack(const std::filesystem::path& archive,
                                const std::filesystem::path& folder,
                                const UnpackLimits& limits = {});

}  // namespace tacit
