// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/probe.h"

#include <charconv>
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/run/personal.h"
#include "tacit/run/results.h"

namespace tacit::cli {
namespace {

LabelCount read_labels(const std::string& word) {
  int64_t count = 0;
  const char* end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, count);
  const bool number = read.ec == std::errc{} && read.ptr == end;
  return LabelCount::read(number ? Json(count) : Json(word), "--labels");
}

void say_report(const Request& request) {
  std::cout << "report: " << (std::filesystem::path(request.argument) / "report.html").string()
            << std::endl;
}

void personalize(const Request& request, const Caller& caller) {
  const Json results = run_personalize(request.argument, request.subject,
                                       read_labels(request.labels), request.overrides, caller);
  std::cout << print_gain(results.at("personal")) << print_curve(results.at("personal")) << "\n";
  say_report(request);
}

}  // namespace

void probe(const Request& request, const Caller& caller) {
  if (!request.subject.empty()) return personalize(request, caller);
  const auto run = request.verb == "probe" ? run_probe : run_finetune;
  const Json results =
      run(request.argument, read_labels(request.labels), request.overrides, caller);
  std::cout << print_curve(results) << "\n";
  say_report(request);
}

}  // namespace tacit::cli
