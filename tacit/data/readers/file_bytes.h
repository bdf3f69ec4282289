// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <filesystem>
#include <string>

namespace tacit {

/// All bytes of a file; of one that is called *.gz, unpacked. Throws DataError where it cannot be
/// read, where what is packed is damaged or cut, and where there are more than `limit` bytes.
std::string bytes_of_file(const std::filesystem::path& file, size_t limit);

}  // namespace tacit
