// SPDX-License-Identifier: Apache-2.0
#include "tests/fetch/loopback_server.h"

#include <archive.h>
#include <archive_entry.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tacit {
namespace {

void send_all(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

LoopbackServer::LoopbackServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const at = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, at, size) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, at, &size) != 0)
    throw std::runtime_error("no loopback");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void LoopbackServer::serve() {
  for (int connection; (connection = accept(listener_, nullptr, nullptr)) >= 0; close(connection))
    answer(connection);
}

void LoopbackServer::answer(int connection) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && recv(connection, &byte, 1, 0) == 1) head += byte;
  const std::string path = head.substr(4, head.find(' ', 4) - 4);
  const size_t range = head.find("Range: bytes=");
  const size_t from =
      range == std::string::npos || !knows_ranges ? 0 : std::stoull(head.substr(range + 13));
  requests.push_back("GET " + path + (from > 0 ? " from " + std::to_string(from) : ""));
  const auto reply = [&](const std::string& status, const std::string& more,
                         std::string_view body) {
    send_all(connection, "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + more +
                             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    send_all(connection, body.substr(0, std::min(body.size(), cut_after.load())));
  };
  if (redirects.contains(path))
    return reply("302 Found", "Location: " + redirects[path] + "\r\n", "");
  if (!files.contains(path)) return reply("404 Not Found", "", "<html>nothing here</html>");
  const std::string& file = files[path];
  if (from >= file.size() && from > 0)
    return reply("416 Range Not Satisfiable",
                 "Content-Range: bytes */" + std::to_string(file.size()) + "\r\n", "no");
  if (from == 0) return reply("200 OK", "", file);
  reply("206 Partial Content",
        "Content-Range: bytes " + std::to_string(from) + "-" + std::to_string(file.size() - 1) +
            "/" + std::to_string(file.size()) + "\r\n",
        std::string_view(file).substr(from));
}

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out(size_t{1} << 22, '\0');
  size_t used = 0;
  archive* const writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_open_memory(writer, out.data(), out.size(), &used);
  for (const auto& [name, content] : entries) {
    const bool link = name.starts_with("link ");
    archive_entry* const entry = archive_entry_new();
    archive_entry_set_pathname(entry, (link ? name.substr(5) : name).c_str());
    archive_entry_set_filetype(entry, link ? AE_IFLNK : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (link)
      archive_entry_set_symlink(entry, content.c_str());
    else
      archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
    archive_write_header(writer, entry);
    if (!link) archive_write_data(writer, content.data(), content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  out.resize(used);
  return out;
}

std::string content_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

}  // namespace tacit
