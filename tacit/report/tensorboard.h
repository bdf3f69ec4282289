// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace tacit {

/// Writes a TensorBoard event file: TFRecord frames (length, masked CRC32C, payload, masked CRC32C)
/// around Event messages. Not safe from several threads.
class EventWriter {
 public:
  /// Opens a new file events.out.tfevents.<seconds>.<host>.<pid> in `folder`, which must exist; its
  /// name sorts after the event files already there, which is the order TensorBoard reads them in.
  /// `purge_step`: a resumed run names the first step it does again, and TensorBoard drops what
  /// earlier files say from that step on.
  /// Throws StateError.
  explicit EventWriter(const std::filesystem::path& folder,
                       std::optional<int64_t> purge_step = std::nullopt);

  /// One point of a curve, stored as a 32-bit float. Throws StateError when the disk is full.
  void scalar(const std::string& tag, int64_t step, double value);

  /// A Markdown text. Throws StateError when the disk is full.
  void text(const std::string& tag, int64_t step, const std::string& markdown);

  /// A picture: the bytes of a PNG file and its size in pixels. Throws StateError when the disk is
  /// full.
  void image(const std::string& tag, int64_t step, std::string_view png, int64_t height,
             int64_t width);

  /// Hands everything written so far to the system. Throws StateError.
  void flush();

  /// The file being written.
  const std::filesystem::path& file() const { return file_; }

 private:
  void write_record(std::string_view payload);
  void check() const;

  std::filesystem::path file_;
  std::ofstream out_;
};

}  // namespace tacit
