// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// Why a path may not be used; "" when it may.
std::string objection(const std::string& name) {
  if (name.empty() || name.size() > 1000) return "has no name that can be used";
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 32 || c == '\\' || c == 127)
      return "has a name with odd letters";
  const fs::path path(name);
  if (path.is_absolute()) return "has an absolute path";
  for (const fs::path& part : path)
    if (part == "..") return "leads out of the folder";
  return "";
}

class Unpacker {
 public:
  Unpacker(const fs::path& archive, const fs::path& folder, const UnpackLimits& limits)
      : archive_(archive),
        folder_(folder),
        limits_(limits),
        reader_(archive_read_new(), archive_read_free) {
    archive_read_support_filter_gzip(reader_.get());
    archive_read_support_filter_bzip2(reader_.get());
    archive_read_support_filter_xz(reader_.get());
    archive_read_support_format_zip(reader_.get());
    archive_read_support_format_tar(reader_.get());
    require_ok(archive_read_open_filename(reader_.get(), archive.c_str(), size_t{1} << 16));
    packed_ = static_cast<int64_t>(fs::file_size(archive));
  }

  std::vector<std::string> run() {
    for (;;) {
      archive_entry* entry = nullptr;
      const int state = archive_read_next_header(reader_.get(), &entry);
      if (state == ARCHIVE_EOF) return std::move(files_);
      require_ok(state);
      take(*entry);
    }
  }

 private:
  void require_ok(int state) const {
    if (state == ARCHIVE_OK || state == ARCHIVE_WARN) return;
    const char* const words = archive_error_string(reader_.get());
    throw DataError(text("{} cannot be unpacked: {}", archive_.string(),
                         words == nullptr ? "it is damaged" : words));
  }

  void refuse(const std::string& name, const std::string& why) const {
    throw DataError(
        text("{}: its entry \"{}\" {}, so nothing of it is kept", archive_.string(), name, why));
  }

  void take(archive_entry& entry) {
    const char* const given = archive_entry_pathname(&entry);
    const std::string name = given == nullptr ? "" : given;
    if (const std::string why = objection(name); !why.empty()) refuse(name, why);
    if (archive_entry_symlink(&entry) != nullptr || archive_entry_hardlink(&entry) != nullptr)
      refuse(name, "is a link");
    const auto type = archive_entry_filetype(&entry);
    if (type == AE_IFDIR) return make_folder(folder_ / name);
    if (type != AE_IFREG) refuse(name, "is neither a file nor a folder");
    if (static_cast<int64_t>(files_.size()) >= limits_.most_files)
      refuse(name,
             text("comes after {} others, which is as many as are taken", limits_.most_files));
    write_entry(name);
    files_.push_back(name);
  }

  static void make_folder(const fs::path& folder) {
    std::error_code problem;
    fs::create_directories(folder, problem);
    require<StateError>(!problem, "{} cannot be made: {}", folder.string(), problem.message());
  }

  void write_entry(const std::string& name) {
    const fs::path file = folder_ / name;
    make_folder(file.parent_path());
    const int descriptor =
        open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (descriptor < 0 && errno == EEXIST) refuse(name, "comes twice");
    require<StateError>(descriptor >= 0, "{} cannot be written: {}", file.string(),
                        std::strerror(errno));
    const std::unique_ptr<const int, void (*)(const int*)> closing(&descriptor,
                                                                   [](const int* d) { close(*d); });
    const void* bytes = nullptr;
    size_t size = 0;
    la_int64_t offset = 0, at = 0;
    for (;;) {
      const int state = archive_read_data_block(reader_.get(), &bytes, &size, &offset);
      if (state == ARCHIVE_EOF) return;
      require_ok(state);
      count(name, offset + static_cast<la_int64_t>(size) - at);
      at = offset + static_cast<la_int64_t>(size);
      const ssize_t written = pwrite(descriptor, bytes, size, offset);
      require<StateError>(written == static_cast<ssize_t>(size), "{} cannot be written: {}",
                          file.string(), std::strerror(errno));
    }
  }

  /// A small archive that unpacks to very much is a trap.
  void count(const std::string& name, int64_t bytes) {
    constexpr int64_t kFree = int64_t{64} << 20;
    unpacked_ += bytes;
    if (unpacked_ > limits_.most_bytes ||
        (unpacked_ > kFree && unpacked_ / limits_.most_ratio > packed_))
      refuse(name, text("makes {} bytes of an archive of {}, which is more than is taken",
                        unpacked_, packed_));
  }

  fs::path archive_, folder_;
  UnpackLimits limits_;
  std::unique_ptr<archive, decltype(&archive_read_free)> reader_;
  std::vector<std::string> files_;
  int64_t packed_ = 0, unpacked_ = 0;
};

}  // namespace

std::vector<std::string> unpack(const fs::path& archive, const fs::path& folder,
                                const UnpackLimits& limits) {
  require<DataError>(fs::is_regular_file(archive), "{} is not a file", archive.string());
  require<StateError>(fs::is_directory(folder), "there is no folder {} to unpack to",
                      folder.string());
  return Unpacker(archive, folder, limits).run();
}

}  // namespace tacit
