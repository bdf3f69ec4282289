// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tacit {

/// The whole file. Throws DataError naming the file and the system's reason.
std::string read_file(const std::filesystem::path& file);

/// Replaces `file` by the concatenated `parts` so that at every instant, also after a crash or a
/// power cut, either the old or the new content is there, whole: a temporary file in the same
/// folder, fsync, rename, fsync of the folder. Throws StateError (disk full, read-only folder, …)
/// and leaves the old file and nothing else.
void write_file(const std::filesystem::path& file, std::initializer_list<std::string_view> parts);

/// A file that is written bit by bit, with write_file's promise: it appears whole at finish(), and
/// without that leaves nothing.
class NewFile {
 public:
  /// Throws StateError as write_file does, as the others do.
  explicit NewFile(std::filesystem::path file);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  void write(std::string_view bytes);
  void finish();

 private:
  std::filesystem::path file_, temporary_;  ///< the latter empty once it is renamed
  int descriptor_;
};

/// Creates the folder and its parents. Throws StateError with the system's reason.
void create_folder(const std::filesystem::path& folder);

/// Renames within one folder, durably. Throws StateError.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// 16 hex digits of XXH3-64 over the concatenated parts: detects damage, not malice.
std::string checksum(std::initializer_list<std::string_view> parts);

/// Holds an exclusive lock on a folder for as long as it lives, so that two processes never write
/// one run. Released by the system when the process dies.
class FolderLock {
 public:
  /// Throws StateError when another process holds it.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace tacit
