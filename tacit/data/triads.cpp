// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/triads.h"

#include <cctype>

namespace tacit {
namespace {

/// The letter at which three names run x, y, z while all else is equal.
bool are_axes(const std::string& x, const std::string& y, const std::string& z) {
  if (x.size() != y.size() || y.size() != z.size()) return false;
  int64_t axes = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const auto letter = [i](const std::string& name) {
      return std::tolower(static_cast<unsigned char>(name[i]));
    };
    if (x[i] == y[i] && y[i] == z[i]) continue;
    if (letter(x) != 'x' || letter(y) != 'y' || letter(z) != 'z') return false;
    ++axes;
  }
  return axes == 1;
}

}  // namespace

std::vector<Triad> find_triads(const std::vector<std::string>& channels) {
  std::vector<Triad> triads;
  for (size_t i = 0; i + 2 < channels.size(); ++i) {
    const auto first = static_cast<int64_t>(i);
    if (are_axes(channels[i], channels[i + 1], channels[i + 2]))
      triads.push_back({first, first + 1, first + 2});
  }
  return triads;
}

}  // namespace tacit
