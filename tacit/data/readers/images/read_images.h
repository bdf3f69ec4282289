// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tacit/data/readers/images/image_builder.h"
#include "tacit/data/readers/long_form.h"

namespace tacit {

/// What pictures lie in.
enum class ImageFiles {
  idx,       ///< see read_idx()
  cifar,     ///< see read_cifar()
  archives,  ///< see read_image_archives()
  table,     ///< see read_image_table()
  pictures   ///< see read_image_folder()
};

/// What read_images() takes the path for; pictures where it is nothing else.
ImageFiles image_files(const std::filesystem::path& path);

/// Whether the path is of pictures rather than of recordings or a table: files of MNIST's or
/// CIFAR's kind, a Parquet file (or a folder whose first one is) with a picture in one of its first
/// rows, a tar archive, a picture, or a folder with a picture anywhere below. A folder with windows
/// in X.npy is none, nor is one where text files, Parquet or biosignals lie beside archives,
/// CIFAR's files, or fewer than ten pictures each.
bool holds_images(const std::filesystem::path& path);

struct PictureSize {
  int64_t height = 0, width = 0;

  bool operator==(const PictureSize&) const = default;
};

/// Sizes of up to `most` of the pictures that are files of their own, spread over all of them;
/// those that cannot be decoded are passed over. None for pictures that lie in other files. Throws
/// DataError where there is no file, ConfigError like data_files().
std::vector<PictureSize> some_sizes(const LongFormConfig& asked, size_t most);

/// Pictures of whichever kind the path holds: files of MNIST's or CIFAR's kind, tar archives, a
/// table with pictures in it, or files of JPEG, PNG and WebP in folders. Throws DataError and
/// ConfigError like their readers.
Images read_images(const LongFormConfig& asked, const ImagesConfig& config, Target target,
                   const std::string& spool);

}  // namespace tacit
