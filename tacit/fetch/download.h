// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace tacit {

struct DownloadConfig {
  std::string url{};             ///< https, or http; a redirect from https leads to https only
  std::filesystem::path file{};  ///< where it goes, once it is whole
  std::string sha256{};          ///< 64 hex digits; "": any content is taken
  int64_t most_bytes = int64_t{16} << 30;
  std::function<void(int64_t done, int64_t total)> progress{};  ///< total 0 while unknown
  const std::atomic<bool>* stop = nullptr;                      ///< asks for an end
};

struct Downloaded {
  std::string sha256;  ///< of what was received
  int64_t bytes = 0;
  int64_t continued_from = 0;  ///< bytes that were there already
};

/// Fetches a URL into a file that appears whole or not at all: bytes gather in FILE.part, which a
/// later call continues (HTTP Range; a server that does not know it sends all), and only content
/// with the wanted hash is given the name FILE. Nothing when `stop` asked for an end; FILE.part
/// then stays. Throws ConfigError (no http address, no hash), DataError (an answer other than the
/// content, a wrong hash: FILE.part is removed) and StateError (no connection, no such folder, disk
/// full).
std::optional<Downloaded> download(const DownloadConfig& config);

/// 64 hex digits. Throws DataError when the file cannot be read.
std::string sha256_of(const std::filesystem::path& file);

}  // namespace tacit
