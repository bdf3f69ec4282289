// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"

namespace tacit {

/// Decides how files are read: sets findings.data, all but split and normaliser (and window, but
/// for windows that are cut already), and tells why. `given`: the keys of [data] that a person has
/// set. Throws DataError where it cannot be told.
void decide_reading(const std::filesystem::path& path, const Json& given, Findings& findings);

/// "3.1 %".
std::string percent(double share);

}  // namespace tacit
