// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "apps/cli/settings.h"
#include "apps/cli/verbs.h"
#include "tacit/core/toml.h"
#include "tacit/fetch/fetch.h"

namespace tacit::cli {

std::vector<std::string> fetch_keys() {
  std::vector<std::string> keys;
  for (const FieldInfo& field : config_fields<FetchConfig>()) keys.push_back(field.name);
  return keys;
}

std::vector<std::string> published_names() {
  std::vector<std::string> names;
  for (const PublishedSet& set : published_sets()) names.push_back(set.name);
  return names;
}

void data_fetch(const Request& request, const Caller& caller) {
  Json document = Json::object();
  apply_overrides(document, request.overrides);
  FetchConfig config;
  read_config(config, document);
  int64_t told = 0;
  const auto progress = [&](int64_t done, int64_t total) {
    constexpr int64_t kStep = int64_t{10} << 20;
    if (done / kStep <= told) return;
    told = done / kStep;
    caller.tell(text("{} of {} MB", done >> 20, total > 0 ? std::to_string(total >> 20) : "?"));
  };
  const std::filesystem::path folder = request.output.empty() ? "." : request.output;
  const auto fetched =
      fetch(request.argument, folder, config, {.progress = progress, .stop = caller.stop});
  if (!fetched) throw Interrupted{};
  if (fetched->sha256.empty()) {
    std::cout << fetched->folder.string() << " is there already; remove it to download it again"
              << std::endl;
    return;
  }
  std::cout << fetched->folder.string() << ": " << fetched->files << " files from "
            << fetched->bytes << " bytes";
  if (fetched->continued_from > 0)
    std::cout << ", of which " << fetched->continued_from << " were there";
  std::cout << "\nSHA-256 " << fetched->sha256
            << (fetched->verified
                    ? ", as expected"
                    : ", UNVERIFIED: Tacit knows no hash of this file; compare it with one you "
                      "trust, or give that with sha256=…")
            << "\nnext: data.source=" << request.argument
            << " data.path=" << fetched->folder.string() << std::endl;
}

}  // namespace tacit::cli
