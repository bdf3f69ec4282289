// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/tensorboard.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <protozero/pbf_writer.hpp>

#include "tacit/core/error.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;
using protozero::pbf_writer;

constexpr std::string_view kPrefix = "events.out.tfevents.";

// Field numbers of tensorflow.Event, Summary, Summary.Value and Image, TensorProto and SessionLog.
namespace event {
constexpr int kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7;
}
namespace summary {
constexpr int kValue = 1, kTag = 1, kSimpleValue = 2, kImage = 4, kTensor = 8, kMetadata = 9;
}
namespace image {
constexpr int kHeight = 1, kWidth = 2, kEncoded = 4;
}
namespace tensor {
constexpr int kType = 1, kStringValue = 8, kTypeString = 7;
}
namespace metadata {
constexpr int kPluginData = 1, kPluginName = 1;
}
namespace session {
constexpr int kStatus = 1, kStart = 1;
}

/// CRC-32C (Castagnoli), reflected polynomial 0x82F63B78, one byte at a time.
constexpr std::array<uint32_t, 256> crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) ? 0x82F63B78U ^ (crc >> 1) : crc >> 1;
    table[byte] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = crc_table();

/// TFRecord rotates the sum and adds a constant, so that a record holding sums stays checkable.
uint32_t masked_crc(std::string_view bytes) {
  uint32_t crc = ~0U;
  for (const char c : bytes) crc = kCrcTable[(crc ^ static_cast<uint8_t>(c)) & 255U] ^ (crc >> 8);
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

template <class Unsigned>
std::string little_endian(Unsigned value) {
  std::string bytes(sizeof value, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(value & 255U);
    value = static_cast<Unsigned>(value >> 8);
  }
  return bytes;
}

double now_seconds() {
  using namespace std::chrono;
  return duration<double>(system_clock::now().time_since_epoch()).count();
}

/// Later than now and than every event file in the folder: two files of one second, or a clock set
/// back, would otherwise be read in the wrong order.
int64_t next_stamp(const fs::path& folder) {
  auto stamp = static_cast<int64_t>(now_seconds());
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix)) continue;
    int64_t other = 0;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), other);
    stamp = std::max(stamp, other + 1);
  }
  return stamp;
}

fs::path new_file(const fs::path& folder) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return folder / text("{}{}.{}.{}", kPrefix, next_stamp(folder),
                       host[0] == '\0' ? "localhost" : host.data(), ::getpid());
}

std::string opening_event() {
  std::string bytes;
  pbf_writer message(bytes);
  message.add_double(event::kWallTime, now_seconds());
  message.add_string(event::kFileVersion, "brain.Event:2");
  return bytes;
}

std::string session_start(int64_t step) {
  std::string bytes;
  pbf_writer message(bytes);
  message.add_double(event::kWallTime, now_seconds());
  message.add_int64(event::kStep, step);
  pbf_writer log(message, event::kSessionLog);
  log.add_enum(session::kStatus, session::kStart);
  return bytes;
}

}  // namespace

EventWriter::EventWriter(const fs::path& folder, std::optional<int64_t> purge_step)
    : file_(new_file(folder)), out_(file_, std::ios::binary) {
  check();
  write_record(opening_event());
  if (purge_step) write_record(session_start(*purge_step));
  flush();
}

void EventWriter::scalar(const std::string& tag, int64_t step, double value) {
  std::string bytes;
  {
    pbf_writer message(bytes);
    message.add_double(event::kWallTime, now_seconds());
    message.add_int64(event::kStep, step);
    pbf_writer list(message, event::kSummary);
    pbf_writer entry(list, summary::kValue);
    entry.add_string(summary::kTag, tag);
    entry.add_float(summary::kSimpleValue, static_cast<float>(value));
  }
  write_record(bytes);
}

void EventWriter::text(const std::string& tag, int64_t step, const std::string& markdown) {
  std::string bytes;
  {
    pbf_writer message(bytes);
    message.add_double(event::kWallTime, now_seconds());
    message.add_int64(event::kStep, step);
    pbf_writer list(message, event::kSummary);
    pbf_writer entry(list, summary::kValue);
    entry.add_string(summary::kTag, tag);
    {
      pbf_writer value(entry, summary::kTensor);
      value.add_enum(tensor::kType, tensor::kTypeString);
      value.add_string(tensor::kStringValue, markdown);
    }
    pbf_writer about(entry, summary::kMetadata);
    pbf_writer plugin(about, metadata::kPluginData);
    plugin.add_string(metadata::kPluginName, "text");
  }
  write_record(bytes);
}

void EventWriter::image(const std::string& tag, int64_t step, std::string_view png, int64_t height,
                        int64_t width) {
  std::string bytes;
  {
    pbf_writer message(bytes);
    message.add_double(event::kWallTime, now_seconds());
    message.add_int64(event::kStep, step);
    pbf_writer list(message, event::kSummary);
    pbf_writer entry(list, summary::kValue);
    entry.add_string(summary::kTag, tag);
    pbf_writer picture(entry, summary::kImage);
    picture.add_int32(image::kHeight, static_cast<int32_t>(height));
    picture.add_int32(image::kWidth, static_cast<int32_t>(width));
    picture.add_bytes(image::kEncoded, png.data(), png.size());
  }
  write_record(bytes);
}

void EventWriter::flush() {
  out_.flush();
  check();
}

void EventWriter::write_record(std::string_view payload) {
  const std::string length = little_endian(static_cast<uint64_t>(payload.size()));
  out_ << length << little_endian(masked_crc(length)) << payload
       << little_endian(masked_crc(payload));
  check();
}

void EventWriter::check() const {
  require<StateError>(out_.good(),
                      "cannot write {}: see that the folder exists, is writable and has free space",
                      file_.string());
}

}  // namespace tacit
