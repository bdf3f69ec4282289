// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/config.h"

#include <algorithm>
#include <cmath>

namespace tacit {

std::string Range::text() const {
  const bool bounded_low = std::isfinite(low), bounded_high = std::isfinite(high);
  if (bounded_low && bounded_high)
    return tacit::text(open_low ? "> {}, <= {}" : "{} … {}", low, high);
  if (bounded_low) return tacit::text(open_low ? "> {}" : ">= {}", low);
  if (bounded_high) return tacit::text("<= {}", high);
  return "";
}

namespace detail {

void fail_type(const std::string& where, const std::string& expected, const Json& got) {
  throw ConfigError(text("{} must be {}, not {}", where, expected, got.dump()));
}

void check_range(double value, const Range& range, const std::string& where) {
  const std::string allowed = range.text();
  require<ConfigError>(range.contains(value), "{} = {} is out of range: it must be {}", where,
                       value, allowed.empty() ? "finite" : allowed);
}

void Reader::finish() const {
  for (const auto& [key, value] : json_.items())
    if (std::find(known_.begin(), known_.end(), key) == known_.end())
      throw ConfigError(unknown_name("key", path(key), [&] {
        std::vector<std::string> all;
        for (const std::string& name : known_) all.push_back(path(name));
        return all;
      }()));
}

}  // namespace detail
}  // namespace tacit
