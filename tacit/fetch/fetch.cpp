// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/fetch.h"

#include "tacit/core/files.h"
#include "tacit/fetch/unpack.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

const PublishedSet& find_set(const std::string& name) {
  std::vector<std::string> names;
  for (const PublishedSet& set : published_sets()) {
    if (set.name == name) return set;
    names.push_back(set.name);
  }
  throw ConfigError(unknown_name("data set", name, names));
}

/// A folder to unpack in, gone at the end with the archive, unless it was renamed.
class Workshop {
 public:
  Workshop(fs::path path, fs::path archive) : path_(std::move(path)), archive_(std::move(archive)) {
    fs::remove_all(path_);  // of a call that was killed
    create_folder(path_);
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    fs::remove(archive_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_, archive_;
};

/// Unpacks the archive, and those that lie in it.
int64_t unpack_all(const fs::path& archive, const fs::path& folder) {
  auto count = static_cast<int64_t>(0);
  for (const std::string& name : unpack(archive, folder)) {
    ++count;
    if (!name.ends_with(".zip")) continue;
    const fs::path inner = folder / name;
    count += static_cast<int64_t>(unpack(inner, inner.parent_path()).size()) - 1;
    fs::remove(inner);
  }
  return count;
}

}  // namespace

const std::vector<PublishedSet>& published_sets() {
  // No hash is written down that was not computed from the authors' own file.
  static const std::vector<PublishedSet> sets{
      {"motionsense", "MotionSense (Malekzadeh et al. 2019), device motion of 24 people",
       "https://github.com/mmalekzadeh/motion-sense/raw/master/data/A_DeviceMotion_data.zip", ""},
      {"hapt", "HAPT (Reyes-Ortiz et al. 2015), activities and postural transitions of 30 people",
       "https://archive.ics.uci.edu/static/public/341/"
       "smartphone+based+recognition+of+human+activities+and+postural+transitions.zip",
       ""},
      {"uci_har", "UCI HAR (Anguita et al. 2013), windows of 30 people",
       "https://archive.ics.uci.edu/static/public/240/"
       "human+activity+recognition+using+smartphones.zip",
       ""},
      {"wisdm", "WISDM v1.1 (Kwapisz et al. 2011), accelerometer of 36 people",
       "https://www.cis.fordham.edu/wisdm/includes/datasets/latest/WISDM_ar_latest.tar.gz", ""}};
  return sets;
}

std::optional<Fetched> fetch(const std::string& name, const fs::path& folder,
                             const FetchConfig& config, const DownloadConfig& watched) {
  const PublishedSet& set = find_set(name);
  const fs::path goal = folder / name;
  if (fs::exists(goal)) return Fetched{.folder = goal, .sha256 = ""};
  require<StateError>(fs::is_directory(folder),
                      "there is no folder {} to write to; make it, or name another "
                      "with -o",
                      folder.string());
  DownloadConfig download_config = watched;
  download_config.url = config.url.empty() ? set.url : config.url;
  download_config.sha256 = config.sha256.empty() ? set.sha256 : config.sha256;
  download_config.file = folder / (name + ".archive");
  const auto downloaded = download(download_config);
  if (!downloaded) return std::nullopt;
  Fetched fetched{.folder = goal,
                  .sha256 = downloaded->sha256,
                  .verified = !download_config.sha256.empty(),
                  .bytes = downloaded->bytes,
                  .continued_from = downloaded->continued_from};
  const Workshop workshop(folder / (name + ".unpacking"), download_config.file);
  fetched.files = unpack_all(download_config.file, workshop.path());
  rename_file(workshop.path(), goal);
  return fetched;
}

}  // namespace tacit
