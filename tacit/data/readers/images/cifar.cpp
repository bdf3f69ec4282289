// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/cifar.h"

#include <algorithm>
#include <sstream>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kSide = 32;
constexpr size_t kPixels = kSide * kSide;

/// One of the two sets: which files are training ones, and how a record begins.
struct Layout {
  std::vector<std::string> train;
  std::string test, names;
  size_t labels;  ///< bytes before the pixels, of which the last counts
};

const std::vector<Layout>& layouts() {
  static const std::vector<Layout> all{{{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                         "data_batch_4.bin", "data_batch_5.bin"},
                                        "test_batch.bin",
                                        "batches.meta.txt",
                                        1},
                                       {{"train.bin"}, "test.bin", "fine_label_names.txt", 2}};
  return all;
}

const Layout* layout_of(const fs::path& path) {
  for (const Layout& layout : layouts())
    if (fs::exists(path / layout.train.front()) || fs::exists(path / layout.test)) return &layout;
  return nullptr;
}

std::vector<std::string> names_in(const fs::path& file) {
  std::vector<std::string> names;
  if (!fs::exists(file)) return names;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  return names;
}

void read_part(const fs::path& file, const std::string& part, const Layout& layout,
               const std::vector<std::string>& names, const LongFormConfig& asked,
               ImageBuilder& builder) {
  const std::string bytes = read_file(file);
  const size_t record = layout.labels + 3 * kPixels;
  require<DataError>(!bytes.empty() && bytes.size() % record == 0,
                     "{}: {} bytes are no whole records of {}; it is cut or no file of CIFAR",
                     file.string(), bytes.size(), record);
  Picture picture{.height = kSide, .width = kSide, .channels = 3};
  picture.pixels.resize(3 * kPixels);
  for (size_t begin = 0; begin < bytes.size(); begin += record) {
    const size_t label = static_cast<uint8_t>(bytes[begin + layout.labels - 1]);
    require<DataError>(names.empty() || label < names.size(),
                       "{}: record {} has label {}, and there are {} names", file.string(),
                       begin / record, label, names.size());
    for (size_t pixel = 0; pixel < kPixels; ++pixel)
      for (size_t channel = 0; channel < 3; ++channel)
        picture.pixels[3 * pixel + channel] =
            static_cast<uint8_t>(bytes[begin + layout.labels + channel * kPixels + pixel]);
    builder.add(picture, {.name = text("{}: {}", file.string(), begin / record),
                          .recording = part,
                          .label = asked.label.empty() ? ""
                                   : names.empty()     ? std::to_string(label)
                                                       : names[label]});
  }
}

}  // namespace

bool is_cifar(const fs::path& path) { return layout_of(path) != nullptr; }

void read_cifar(const LongFormConfig& asked, ImageBuilder& builder) {
  const fs::path folder = asked.path;
  const Layout* const layout = layout_of(folder);
  require<DataError>(layout != nullptr, "{} holds no file of CIFAR", asked.path);
  const std::vector<std::string> names = names_in(folder / layout->names);
  for (const std::string& name : layout->train)
    if (fs::exists(folder / name))
      read_part(folder / name, "train", *layout, names, asked, builder);
  if (fs::exists(folder / layout->test))
    read_part(folder / layout->test, "test", *layout, names, asked, builder);
}

}  // namespace tacit
