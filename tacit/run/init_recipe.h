// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/run/init.h"

namespace tacit {

/// A commented recipe for what was found, TOML, that pretrain and curve run as it stands. `title`:
/// of the report.
std::string write_recipe(const Findings& findings, const std::string& title);

}  // namespace tacit
