// SPDX-License-Identifier: Apache-2.0
#include "tacit/fetch/download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// FILE.part, open for writing at its end.
class PartFile {
 public:
  explicit PartFile(const fs::path& path) : path_(path) {
    descriptor_ = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    require<StateError>(descriptor_ >= 0, "{} cannot be written: {}", path.string(),
                        std::strerror(errno));
    bytes_ = lseek(descriptor_, 0, SEEK_END);
  }
  ~PartFile() { close(descriptor_); }
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  int64_t bytes() const { return bytes_; }
  bool restart() {
    bytes_ = 0;
    return ftruncate(descriptor_, 0) == 0 && lseek(descriptor_, 0, SEEK_SET) == 0;
  }
  bool append(const char* from, size_t size) {
    while (size > 0) {
      const ssize_t written = write(descriptor_, from, size);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      from += written, size -= static_cast<size_t>(written), bytes_ += written;
    }
    return true;
  }
  void sync() const {
    require<StateError>(fsync(descriptor_) == 0, "{} cannot be written: {}", path_.string(),
                        std::strerror(errno));
  }

 private:
  fs::path path_;
  int descriptor_;
  int64_t bytes_ = 0;
};

/// What libcurl's callbacks share.
struct Transfer {
  const DownloadConfig& config;
  PartFile& part;
  CURL* curl;
  bool begun = false;    ///< content has come
  int disk_problem = 0;  ///< errno of a failed write
  bool too_large = false;
};

long status_of(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

size_t receive(char* from, size_t, size_t size, void* to) {
  auto& transfer = *static_cast<Transfer*>(to);
  const long status = status_of(transfer.curl);
  if (status != 200 && status != 206) return size;  // the page of an error
  if (!transfer.begun && status == 200 && !transfer.part.restart()) transfer.disk_problem = errno;
  transfer.begun = true;
  transfer.too_large =
      transfer.part.bytes() + static_cast<int64_t>(size) > transfer.config.most_bytes;
  if (transfer.too_large || transfer.disk_problem != 0) return 0;
  if (transfer.part.append(from, size)) return size;
  transfer.disk_problem = errno;
  return 0;
}

int watch(void* to, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(to);
  const DownloadConfig& config = transfer.config;
  if (config.progress && transfer.begun) config.progress(transfer.part.bytes(), total);
  return config.stop != nullptr && config.stop->load();
}

void check(const DownloadConfig& config) {
  require<ConfigError>(config.url.starts_with("https://") || config.url.starts_with("http://"),
                       "\"{}\" is no address; give one that begins with https://", config.url);
  require<ConfigError>(config.sha256.empty() || (config.sha256.size() == 64 &&
                                                 config.sha256.find_first_not_of(
                                                     "0123456789abcdef") == std::string::npos),
                       "sha256: \"{}\" is no hash; it has 64 digits 0-9 a-f", config.sha256);
  const fs::path folder = config.file.has_parent_path() ? config.file.parent_path() : fs::path(".");
  require<StateError>(fs::is_directory(folder), "there is no folder {} to write to",
                      folder.string());
}

/// One request from where FILE.part ends; the status, or nothing when asked to stop.
std::optional<long> request(const DownloadConfig& config, PartFile& part) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 curl_easy_cleanup);
  require<StateError>(curl != nullptr, "libcurl cannot be used");
  Transfer transfer{config, part, curl.get()};
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(curl.get(), option, value);
  };
  set(CURLOPT_URL, config.url.c_str());
  set(CURLOPT_USERAGENT, "tacit");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "https,http");
  set(CURLOPT_REDIR_PROTOCOLS_STR, config.url.starts_with("https:") ? "https" : "https,http");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 10L);
  set(CURLOPT_CONNECTTIMEOUT, 30L);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, 60L);
  set(CURLOPT_WRITEFUNCTION, receive);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_XFERINFOFUNCTION, watch);
  set(CURLOPT_XFERINFODATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  const std::string range = std::to_string(part.bytes()) + "-";
  if (part.bytes() > 0) set(CURLOPT_RANGE, range.c_str());
  const CURLcode end = curl_easy_perform(curl.get());
  if (end == CURLE_ABORTED_BY_CALLBACK) return std::nullopt;
  require<StateError>(transfer.disk_problem == 0, "{} cannot be written: {}", config.file.string(),
                      std::strerror(transfer.disk_problem));
  require<DataError>(!transfer.too_large,
                     "{} sends more than {} bytes, which is more than is taken", config.url,
                     config.most_bytes);
  require<StateError>(end == CURLE_OK, "{}: {}; the same command continues where it stopped",
                      config.url, curl_easy_strerror(end));
  return status_of(curl.get());
}

}  // namespace

std::string sha256_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  require<DataError>(stream.is_open(), "{} cannot be read", file.string());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       EVP_MD_CTX_free);
  EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr);
  std::vector<char> buffer(size_t{1} << 20);
  while (stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) ||
         stream.gcount() > 0)
    EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<size_t>(stream.gcount()));
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_DigestFinal_ex(digest.get(), hash, &size);
  std::string digits;
  for (unsigned int i = 0; i < size; ++i)
    for (const int shift : {4, 0}) digits += "0123456789abcdef"[hash[i] >> shift & 15];
  return digits;
}

std::optional<Downloaded> download(const DownloadConfig& config) {
  check(config);
  const fs::path part_path = config.file.string() + ".part";
  PartFile part(part_path);
  Downloaded result{.sha256 = "", .continued_from = part.bytes()};
  std::optional<long> status = request(config, part);
  if (status == 416L) {  // FILE.part ends where the file does, or is of another file
    const bool whole = !config.sha256.empty() && sha256_of(part_path) == config.sha256;
    if (!whole && part.restart())
      status = request(config, part);
    else
      status = 200;
  }
  if (!status) return std::nullopt;
  if (*status != 200 && *status != 206) {
    if (part.bytes() == 0) fs::remove(part_path);
    throw DataError(text("{} answers {}{}; say another address with url=…", config.url, *status,
                         *status == 404 ? " (there is no such file)" : ""));
  }
  if (*status == 200 && part.bytes() != result.continued_from) result.continued_from = 0;
  part.sync();
  result.bytes = part.bytes();
  result.sha256 = sha256_of(part_path);
  if (!config.sha256.empty() && result.sha256 != config.sha256) {
    fs::remove(part_path);
    throw DataError(
        text("{} is another file than expected: its SHA-256 is {}, not {}; it was removed",
             config.url, result.sha256, config.sha256));
  }
  rename_file(part_path, config.file);
  return result;
}

}  // namespace tacit
