// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tacit {

/// The samples of each channel that `wanted` names, in that order, of a FLAC stream of `channels`
/// channels with up to `bits` bits a sample. `where` begins the message of errors. Throws
/// DataError when the stream is of another kind, is damaged, or holds so few bytes for its samples
/// as no recording does.
std::vector<std::vector<int32_t>> decode_flac(std::string_view bytes, size_t channels, int bits,
                                              const std::vector<size_t>& wanted,
                                              const std::string& where);

}  // namespace tacit
