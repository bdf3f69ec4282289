// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_folder.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/data/readers/data_files.h"

namespace tacit {
namespace {

constexpr std::array<std::string_view, 8> kEndings{".jpg", ".jpeg", ".png", ".webp",
                                                   ".JPG", ".JPEG", ".PNG", ".WEBP"};

ImageOrigin origin_by_words(const DataFile& file, const LongFormConfig& asked) {
  const auto word = [&](const std::string& hole) {
    const auto found = file.words.find(hole);
    return found == file.words.end() ? std::string() : found->second;
  };
  ImageOrigin origin{.name = file.name, .subject = word(asked.subject), .label = word(asked.label)};
  for (const std::string& hole : asked.recording)
    if (const std::string part = word(hole); !part.empty())
      origin.recording += (origin.recording.empty() ? "" : "/") + part;
  return origin;
}

}  // namespace

bool is_image_name(const std::string& name) {
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return name.ends_with(end); });
}

ImageOrigin origin_by_folders(const std::string& name) {
  ImageOrigin origin{.name = name};
  const size_t last = name.rfind('/');
  if (last == std::string::npos) return origin;
  const size_t before = last == 0 ? std::string::npos : name.rfind('/', last - 1);
  origin.label = before == std::string::npos ? name.substr(0, last)
                                             : name.substr(before + 1, last - before - 1);
  if (before != std::string::npos) origin.recording = name.substr(0, name.find('/'));
  return origin;
}

void read_image_folder(const LongFormConfig& asked, ImageBuilder& builder) {
  const std::vector<std::string> endings(kEndings.begin(), kEndings.end());
  for (const DataFile& file : data_files(asked.path, asked.path_pattern, endings)) {
    ImageOrigin origin =
        asked.path_pattern.empty() ? origin_by_folders(file.name) : origin_by_words(file, asked);
    if (asked.label.empty()) origin.label.clear();
    origin.name = file.path.string();
    const std::string bytes = read_file(file.path);
    builder.add({bytes.begin(), bytes.end()}, std::move(origin));
  }
}

}  // namespace tacit
