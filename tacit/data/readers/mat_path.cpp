// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/mat_path.h"

#include <charconv>
#include <string_view>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr std::string_view kMarks = ".{}()";

/// The front of `rest` up to a mark.
std::string take_name(std::string_view& rest) {
  std::string name(rest.substr(0, rest.find_first_of(kMarks)));
  rest.remove_prefix(name.size());
  return name;
}

/// "3}" gives 3; 0 where there is no number from 1 with `close` behind it.
int64_t take_number(std::string_view& rest, char close) {
  int64_t number = 0;
  const char* const end = rest.data() + rest.size();
  const auto [at, failed] = std::from_chars(rest.data(), end, number);
  if (failed != std::errc() || at == end || *at != close || number < 1) return 0;
  rest.remove_prefix(static_cast<size_t>(at - rest.data()) + 1);
  return number;
}

}  // namespace

MatPath mat_path(const std::string& words) {
  const auto check = [&](bool ok) {
    require<ConfigError>(ok,
                         "\"{}\" is no path in a file of MATLAB; write it such as "
                         "name.field{2}.field(1).field",
                         words);
  };
  std::string_view rest = words;
  MatPath path{.variable = take_name(rest), .steps = {}};
  check(!path.variable.empty());
  while (!rest.empty()) {
    const char mark = rest.front();
    rest.remove_prefix(1);
    MatStep step;
    if (mark == '.') {
      step.name = take_name(rest);
      check(!step.name.empty());
    } else {
      check(mark == '{' || mark == '(');
      step.kind = mark == '{' ? MatStep::Kind::cell : MatStep::Kind::element;
      step.number = take_number(rest, mark == '{' ? '}' : ')');
      check(step.number >= 1);
    }
    path.steps.push_back(std::move(step));
  }
  return path;
}

}  // namespace tacit
