// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/fetch/download.h"

namespace tacit {

/// A data set that its authors publish.
struct PublishedSet {
  std::string name;  ///< also of its source in [data], and of the folder it goes to
  std::string title;
  std::string url;
  std::string sha256;  ///< "" while nobody has told it
};

/// All that `tacit data fetch` knows.
const std::vector<PublishedSet>& published_sets();

/// What a person may say about the download.
struct FetchConfig {
  std::string url{};     ///< another address of the same archive
  std::string sha256{};  ///< its hash, if the person has one to trust
};
template <class Visitor>
void describe(Visitor& visit, FetchConfig& config) {
  visit("url", config.url, "another address of the same archive");
  visit("sha256", config.sha256, "its SHA-256, from a source you trust");
}

struct Fetched {
  std::filesystem::path folder;  ///< that now holds the set
  std::string sha256;            ///< of the archive; "" when the folder was there before
  bool verified = false;         ///< against a known hash or the person's
  int64_t bytes = 0, continued_from = 0, files = 0;
};

/// Downloads a set into FOLDER/NAME, which appears whole or not at all: the archive is unpacked
/// beside it, archives within the archive too, and renamed. `watched`: its progress and stop are
/// used. Nothing when asked to stop. Throws ConfigError for an unknown name, naming the nearest,
/// and what download() and unpack() throw.
std::optional<Fetched> fetch(const std::string& name, const std::filesystem::path& folder,
                             const FetchConfig& config, const DownloadConfig& watched = {});

}  // namespace tacit
