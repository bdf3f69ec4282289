// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// An open file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(std::string_view verb, const fs::path& file, int error) {
  throw StateError(text("cannot {} {}: {}{}", verb, file.string(), std::strerror(error),
                        error == ENOSPC || error == EDQUOT || error == EFBIG
                            ? "; free some space and run the same command again"
                            : ""));
}

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) fail("sync folder", folder, errno);
}

}  // namespace

std::string read_file(const fs::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  require<DataError>(in.good() && !fs::is_directory(file), "cannot read {}: {}", file.string(),
                     fs::is_directory(file) ? "it is a folder" : std::strerror(errno));
  std::ostringstream content;
  content << in.rdbuf();
  require<DataError>(!in.bad(), "cannot read {}: {}", file.string(), std::strerror(errno));
  return std::move(content).str();
}

void write_file(const fs::path& file, std::initializer_list<std::string_view> parts) {
  NewFile out(file);
  for (const std::string_view part : parts) out.write(part);
  out.finish();
}

NewFile::NewFile(fs::path file)
    : file_(std::move(file)),
      temporary_(file_.string() + text(".{}.tmp", ::getpid())),
      descriptor_(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail("write", file_, errno);
}

NewFile::~NewFile() {
  ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", file_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void NewFile::finish() {
  if (::fsync(descriptor_) != 0) fail("write", file_, errno);
  if (::rename(temporary_.c_str(), file_.c_str()) != 0) fail("write", file_, errno);
  temporary_.clear();
  sync_folder(folder_of(file_));
}

void create_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail("create folder", folder, error.value());
}

void rename_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) fail("rename", from, errno);
  sync_folder(folder_of(to));
}

std::string checksum(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       XXH3_freeState);
  XXH3_64bits_reset(state.get());
  for (const std::string_view part : parts)
    XXH3_64bits_update(state.get(), part.data(), part.size());
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits_digest(state.get())));
  return digits;
}

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail("lock", folder, errno);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(descriptor_);
    require<StateError>(error != EWOULDBLOCK,
                        "{} is in use by another tacit process; wait for it or stop it",
                        folder.string());
    fail("lock", folder, error);
  }
}

FolderLock::~FolderLock() { ::close(descriptor_); }

}  // namespace tacit
