// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace tacit::cli {

/// A command line without its overrides, and the overrides as "key=value", each in order.
struct Words {
  std::vector<std::string> plain, overrides;
};

/// Takes `key=value`, `--key value` and `--key=value` out of a command line. A long option is an
/// override when it contains a dot or is one of `keys`. Throws ConfigError for an option that is
/// neither an override nor known, and for an override without a value.
Words split_overrides(const std::vector<std::string>& words, const std::vector<std::string>& keys);

}  // namespace tacit::cli
