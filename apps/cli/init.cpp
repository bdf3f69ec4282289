// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/init.h"

#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/core/files.h"
#include "tacit/run/init_recipe.h"

namespace tacit::cli {

void init(const Request& request, const Caller&) {
  const std::filesystem::path out = request.output.empty() ? "recipe.toml" : request.output;
  require<StateError>(request.overwrite || !std::filesystem::exists(out),
                      "{} exists already; name another file with -o, or say --overwrite",
                      out.string());
  const std::filesystem::path data = request.argument;
  const Findings found = look_at(data, request.overrides);
  const std::filesystem::path whole = std::filesystem::absolute(data).lexically_normal();
  const std::string name = (whole.has_filename() ? whole : whole.parent_path()).stem().string();
  write_file(out, {write_recipe(found, name)});
  std::cout << found.overview << "\n";
  for (const std::string& fact : found.facts) std::cout << fact << "\n";
  for (const std::string& assumption : found.assumptions)
    std::cout << "assumed: " << assumption << "\n";
  for (const std::string& warning : found.warnings) std::cout << "look: " << warning << "\n";
  std::cout << "\nwrote " << out.string() << "; next: tacit "
            << (found.labelled ? "curve " : "pretrain ") << out.string() << std::endl;
}

}  // namespace tacit::cli
