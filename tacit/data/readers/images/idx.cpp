// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/idx.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/data/readers/file_bytes.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kImages = "-images-idx3-ubyte", kLabels = "-labels-idx1-ubyte";
constexpr size_t kMostBytes = size_t{1} << 32;

bool is_images(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.ends_with(kImages) || name.ends_with(std::string(kImages) + ".gz");
}

std::vector<fs::path> files_in(const fs::path& path) {
  if (is_images(path)) return {path};
  std::vector<fs::path> files;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(path, unreadable))
    if (is_images(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// Bytes behind a head of a kind and some extents, each of 32 bits, the highest byte first.
class Idx {
 public:
  Idx(const fs::path& file, uint32_t kind, size_t extents)
      : file_(file), bytes_(bytes_of_file(file, kMostBytes)), head_(4 + 4 * extents) {
    require<DataError>(bytes_.size() >= head_ && whole(0) == kind, "{}: it is no file of {}",
                       file.string(), extents == 3 ? "pictures" : "labels");
    uint64_t wanted = 1;
    for (size_t i = 0; i < extents; ++i) {
      extents_.push_back(whole(4 + 4 * i));
      require<DataError>(extents_.back() == 0 || wanted <= kMostBytes / extents_.back(),
                         "{}: its head promises more than {} bytes", file.string(), kMostBytes);
      wanted *= extents_.back();
    }
    require<DataError>(bytes_.size() - head_ == wanted,
                       "{}: its head promises {} bytes but {} follow; it is cut or damaged",
                       file.string(), wanted, bytes_.size() - head_);
  }

  int64_t extent(size_t i) const { return extents_[i]; }
  const uint8_t* from(size_t at) const {
    return reinterpret_cast<const uint8_t*>(bytes_.data()) + head_ + at;
  }

 private:
  uint32_t whole(size_t at) const {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes_[at + i]);
    return value;
  }

  fs::path file_;
  std::string bytes_;
  size_t head_;
  std::vector<uint32_t> extents_;
};

/// The file of labels beside one of pictures, packed or not.
std::optional<fs::path> labels_beside(const fs::path& images, const std::string& part) {
  for (const char* const packed : {"", ".gz"})
    if (const fs::path file = images.parent_path() / (part + std::string(kLabels) + packed);
        fs::exists(file))
      return file;
  return std::nullopt;
}

void read_file(const fs::path& file, const LongFormConfig& asked, ImageBuilder& builder) {
  const Idx images(file, 0x803, 3);
  const std::string name = file.filename().string();
  const std::string part = name.substr(0, name.find(kImages));
  const int64_t count = images.extent(0);
  std::optional<Idx> labels;
  if (const auto beside = labels_beside(file, part); beside && !asked.label.empty()) {
    labels.emplace(*beside, 0x801, 1);
    require<DataError>(labels->extent(0) == count, "{} has {} pictures but {} has {} labels",
                       file.string(), count, beside->string(), labels->extent(0));
  }
  Picture picture{.height = images.extent(1), .width = images.extent(2), .channels = 1};
  const auto pixels = static_cast<size_t>(picture.height * picture.width);
  for (int64_t i = 0; i < count; ++i) {
    const uint8_t* const first = images.from(static_cast<size_t>(i) * pixels);
    picture.pixels.assign(first, first + pixels);
    builder.add(picture,
                {.name = text("{}: {}", file.string(), i),
                 .recording = part,
                 .label = labels ? std::to_string(*labels->from(static_cast<size_t>(i))) : ""});
  }
}

}  // namespace

bool is_idx(const fs::path& path) { return !files_in(path).empty(); }

void read_idx(const LongFormConfig& asked, ImageBuilder& builder) {
  for (const fs::path& file : files_in(asked.path)) read_file(file, asked, builder);
}

}  // namespace tacit
