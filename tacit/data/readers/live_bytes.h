// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace tacit {

/// What the end of a file means.
enum class FileEnd {
  ends,  ///< nothing more comes
  grows  ///< somebody still writes to it
};

/// Bytes as they come in: from the standard input ("-"), a pipe, a device or a file.
class LiveBytes {
 public:
  /// `stop`, where there is one, ends the waiting once it is set. Throws DataError naming the file.
  LiveBytes(const std::filesystem::path& file, FileEnd end, const std::atomic<bool>* stop);
  ~LiveBytes();
  LiveBytes(const LiveBytes&) = delete;
  LiveBytes& operator=(const LiveBytes&) = delete;

  /// Waits for the next bytes, which are valid until the next call; "" at the end and once stopped.
  /// Throws DataError when reading fails and when a file that grows becomes shorter.
  std::string_view next();
  bool is_stopped() const { return stop_ != nullptr && stop_->load(); }

 private:
  void require_growing() const;

  std::filesystem::path file_;
  FileEnd end_;
  const std::atomic<bool>* stop_;
  int descriptor_;
  int64_t read_ = 0;  // bytes
  std::string buffer_;
};

}  // namespace tacit
