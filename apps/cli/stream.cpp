// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/stream.h"

#include <iostream>

#include "apps/cli/verbs.h"

namespace tacit::cli {
namespace {

/// As in a recipe: samples as a number, or a text such as "2 s".
Duration read_hop(const std::string& words) {
  const Json json = Json::parse(words, nullptr, false);
  return Duration::read(json.is_number() ? json : Json(words), "--hop");
}

}  // namespace

void stream(const Request& request, const Caller& caller) {
  StreamOptions options{.format = enum_value<SampleFormat>(request.format, "--format"),
                        .rate_hz = request.rate_hz};
  if (!request.input.empty()) options.input = request.input;
  if (request.follow) options.end = FileEnd::grows;
  if (!request.hop.empty()) options.hop = read_hop(request.hop);
  if (!request.head.empty()) options.head = enum_value<ExportHead>(request.head, "--head");
  const auto print = [](const std::string& line) {
    std::cout << line << std::endl;
    require<StateError>(std::cout.good(), "cannot write to the standard output");
  };
  caller.tell(run_stream(request.argument, options, request.overrides, print, caller).print());
}

}  // namespace tacit::cli
