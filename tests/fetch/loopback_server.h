// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tacit {

/// An HTTP server on 127.0.0.1 that lives as long as the object, one request after the other.
class LoopbackServer {
 public:
  LoopbackServer();
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& path) const;

  // To be set before a request.
  std::map<std::string, std::string> files;      ///< by path
  std::map<std::string, std::string> redirects;  ///< path -> address
  std::atomic<size_t> cut_after{SIZE_MAX};       ///< bytes of content, then the connection ends
  std::atomic<bool> knows_ranges{true};
  /// "GET /a" or "GET /a from 100".
  std::vector<std::string> requests;

 private:
  void serve();
  void answer(int connection);

  int listener_;
  int port_ = 0;
  std::thread thread_;
};

/// A zip of (name, content), by libarchive; a name that begins with "link " is a link to its
/// content.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& entries);

/// The content of a file.
std::string content_of(const std::string& file);

}  // namespace tacit
