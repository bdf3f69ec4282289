// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/read_images.h"

#include <filesystem>

#include "tacit/core/error.h"
#include "tacit/data/readers/images/cifar.h"
#include "tacit/data/readers/images/idx.h"
#include "tacit/data/readers/images/image_archive.h"
#include "tacit/data/readers/images/image_folder.h"
#include "tacit/data/readers/images/image_table.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

bool holds_archives(const fs::path& path) {
  if (!fs::is_directory(path)) return is_archive_name(path.string());
  for (const auto& entry : fs::directory_iterator(path))
    if (is_archive_name(entry.path().string())) return true;
  return false;
}

}  // namespace

Images read_images(const LongFormConfig& asked, const ImagesConfig& config, Target target,
                   const std::string& spool) {
  const fs::path path = asked.path;
  require<DataError>(fs::exists(path), "data.path: there is no {}", asked.path);
  ImageBuilder builder(config, spool);
  if (is_idx(path))
    read_idx(asked, builder);
  else if (is_cifar(path))
    read_cifar(asked, builder);
  else if (holds_archives(path))
    read_image_archives(asked, builder);
  else if (is_image_table(path))
    read_image_table(asked, builder);
  else
    read_image_folder(asked, builder);
  return builder.finish(asked.path, target, asked.classes);
}

}  // namespace tacit
