// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/images/image_archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "tacit/core/error.h"
#include "tacit/data/readers/data_files.h"
#include "tacit/data/readers/images/image_folder.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kMostBytes = int64_t{1} << 28;  // of an entry

struct Entry {
  std::string name;
  std::vector<uint8_t> bytes;
};

class Archive {
 public:
  explicit Archive(const fs::path& file)
      : file_(file), reader_(archive_read_new(), archive_read_free) {
    archive_read_support_filter_all(reader_.get());
    archive_read_support_format_tar(reader_.get());
    if (archive_read_open_filename(reader_.get(), file.c_str(), size_t{1} << 16) != ARCHIVE_OK)
      fail();
  }

  /// The next file that is a picture or tells of one.
  std::optional<Entry> next() {
    while (true) {
      archive_entry* entry = nullptr;
      const int state = archive_read_next_header(reader_.get(), &entry);
      if (state == ARCHIVE_EOF) return std::nullopt;
      if (state != ARCHIVE_OK) fail();
      const char* const name = archive_entry_pathname(entry);
      if (archive_entry_filetype(entry) != AE_IFREG || name == nullptr) continue;
      if (is_image_name(name) || fs::path(name).extension() == ".cls")
        return Entry{name, read(name, archive_entry_size(entry))};
    }
  }

 private:
  std::vector<uint8_t> read(const std::string& name, int64_t size) {
    require<DataError>(size >= 0 && size <= kMostBytes, "{}: {} has {} bytes, and {} are the most",
                       file_.string(), name, size, kMostBytes);
    std::vector<uint8_t> bytes(static_cast<size_t>(size));
    for (size_t done = 0; done < bytes.size();) {
      const la_ssize_t got =
          archive_read_data(reader_.get(), bytes.data() + done, bytes.size() - done);
      if (got <= 0) fail();
      done += static_cast<size_t>(got);
    }
    return bytes;
  }

  [[noreturn]] void fail() const {
    const char* const words = archive_error_string(reader_.get());
    throw DataError(
        text("{} cannot be unpacked: {}", file_.string(), words != nullptr ? words : "it is cut"));
  }

  fs::path file_;
  std::unique_ptr<archive, int (*)(archive*)> reader_;
};

/// What entries that belong together are called.
std::string key_of(const std::string& name) {
  const size_t folder = name.rfind('/');
  const size_t point = name.find('.', folder == std::string::npos ? 0 : folder + 1);
  return name.substr(0, point);
}

std::string trimmed(const std::vector<uint8_t>& bytes) {
  const std::string words(bytes.begin(), bytes.end());
  const size_t first = words.find_first_not_of(" \t\r\n");
  return first == std::string::npos
             ? ""
             : words.substr(first, words.find_last_not_of(" \t\r\n") + 1 - first);
}

/// Puts a picture and its label together, in whichever order they come.
class Sample {
 public:
  Sample(const fs::path& archive, const LongFormConfig& asked, ImageBuilder& builder)
      : archive_(archive), asked_(asked), builder_(builder) {}

  void take(Entry entry) {
    const std::string key = key_of(entry.name);
    if (key != key_) finish();
    key_ = key;
    if (!is_image_name(entry.name)) {
      label_ = trimmed(entry.bytes);
      return;
    }
    if (picture_) add();  // two pictures of one name, in two formats
    picture_ = std::move(entry);
  }
  void finish() {
    if (picture_) add();
    picture_.reset();
    label_.reset();
  }
  int64_t pictures() const { return pictures_; }

 private:
  void add() {
    ImageOrigin origin = origin_by_folders(picture_->name);
    if (label_) origin.label = *label_;
    if (asked_.label.empty()) origin.label.clear();
    if (origin.recording.empty()) origin.recording = archive_.filename().string();
    origin.name = text("{}: {}", archive_.string(), picture_->name);
    builder_.add(std::move(picture_->bytes), std::move(origin));
    ++pictures_;
  }

  fs::path archive_;
  const LongFormConfig& asked_;
  ImageBuilder& builder_;
  std::string key_;
  std::optional<Entry> picture_;
  std::optional<std::string> label_;
  int64_t pictures_ = 0;
};

}  // namespace

bool is_archive_name(const std::string& name) {
  for (const char* const end : {".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz"})
    if (name.ends_with(end)) return true;
  return false;
}

void read_image_archives(const LongFormConfig& asked, ImageBuilder& builder) {
  for (const DataFile& file : data_files(asked.path, asked.path_pattern,
                                         {".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz"})) {
    Archive archive(file.path);
    Sample sample(file.path, asked, builder);
    while (auto entry = archive.next()) sample.take(std::move(*entry));
    sample.finish();
    require<DataError>(sample.pictures() > 0, "{} holds no picture", file.path.string());
  }
}

}  // namespace tacit
