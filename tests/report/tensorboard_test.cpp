// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/tensorboard.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/files.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

/// CRC-32C bit by bit, straight from the definition.
uint32_t masked_crc_reference(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes)
    for (int bit = 0; bit < 8; ++bit) {
      const bool one = (crc ^ (static_cast<uint8_t>(c) >> bit)) & 1U;
      crc = (crc >> 1) ^ (one ? 0x82F63B78U : 0U);
    }
  return std::rotr(~crc, 15) + 0xA282EAD8U;
}

template <class Number>
Number take(std::string_view& bytes) {
  Number value{};
  if (bytes.size() < sizeof value) throw std::runtime_error("the record is cut short");
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

/// The payloads of a TFRecord file whose sums are right.
std::vector<std::string> records(const fs::path& file) {
  const std::string content = read_file(file);
  std::vector<std::string> payloads;
  for (std::string_view rest = content; !rest.empty();) {
    const std::string_view length_bytes = rest.substr(0, 8);
    const auto length = take<uint64_t>(rest);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc_reference(length_bytes));
    payloads.emplace_back(rest.substr(0, length));
    rest.remove_prefix(length);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc_reference(payloads.back()));
  }
  return payloads;
}

/// A protobuf message's last value of each field: numbers as raw bits, the rest as bytes.
struct Message {
  explicit Message(std::string_view bytes) {
    while (!bytes.empty()) {
      const uint64_t key = varint(bytes);
      const int field = static_cast<int>(key >> 3);
      if ((key & 7) == 0) bits[field] = varint(bytes);
      if ((key & 7) == 1) bits[field] = take<uint64_t>(bytes);
      if ((key & 7) == 5) bits[field] = take<uint32_t>(bytes);
      if ((key & 7) == 2) {
        const uint64_t length = varint(bytes);
        parts[field] = std::string(bytes.substr(0, length));
        bytes.remove_prefix(length);
      }
    }
  }
  static uint64_t varint(std::string_view& bytes) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = take<uint8_t>(bytes);
      value |= static_cast<uint64_t>(byte & 127U) << shift;
      if (byte < 128) return value;
    }
  }
  Message inside(int field) const { return Message(parts.at(field)); }

  std::map<int, uint64_t> bits;
  std::map<int, std::string> parts;
};

float as_float(uint64_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits)); }

class TensorBoard : public ::testing::Test {
 protected:
  TensorBoard() { create_folder(folder_); }
  ~TensorBoard() override { fs::remove_all(folder_); }
  const fs::path folder_ =
      fs::path(::testing::TempDir()) /
      text("tacit_events_{}", ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(TensorBoard, ReferenceSumMatchesThePublishedCheckValue) {
  // CRC-32C("123456789") = 0xE3069283 (RFC 3720's polynomial); the mask is TFRecord's.
  EXPECT_EQ(masked_crc_reference("123456789"), std::rotr(0xE3069283U, 15) + 0xA282EAD8U);
}

TEST_F(TensorBoard, ScalarsComeBack) {
  EventWriter writer(folder_);
  writer.scalar("loss/train", 3, 0.25);
  writer.scalar("loss/train", int64_t{1} << 40, -1.5);
  writer.flush();
  EXPECT_TRUE(writer.file().filename().string().starts_with("events.out.tfevents."));
  const std::vector<std::string> events = records(writer.file());
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(Message(events[0]).parts.at(3), "brain.Event:2");
  const Message first = Message(events[1]).inside(5).inside(1);
  EXPECT_EQ(Message(events[1]).bits.at(2), 3U);
  EXPECT_EQ(first.parts.at(1), "loss/train");
  EXPECT_EQ(as_float(first.bits.at(2)), 0.25F);
  EXPECT_EQ(Message(events[2]).bits.at(2), uint64_t{1} << 40);
  EXPECT_EQ(as_float(Message(events[2]).inside(5).inside(1).bits.at(2)), -1.5F);
  EXPECT_GT(std::bit_cast<double>(Message(events[1]).bits.at(1)), 1.7e9) << "wall time in seconds";
}

TEST_F(TensorBoard, ATextIsAStringTensorOfTheTextPlugin) {
  EventWriter writer(folder_);
  writer.text("recipe", 0, "**bold**");
  writer.flush();
  const Message value = Message(records(writer.file()).at(1)).inside(5).inside(1);
  EXPECT_EQ(value.inside(8).bits.at(1), 7U);
  EXPECT_EQ(value.inside(8).parts.at(8), "**bold**");
  EXPECT_EQ(value.inside(9).inside(1).parts.at(1), "text");
}

TEST_F(TensorBoard, APictureIsAPngWithItsSize) {
  EventWriter writer(folder_);
  const std::string png("\x89PNG\0bytes", 10);
  writer.image("generator/samples", 7, png, 300, 20);
  writer.flush();
  const Message event(records(writer.file()).at(1));
  EXPECT_EQ(event.bits.at(2), 7U);
  const Message value = event.inside(5).inside(1);
  EXPECT_EQ(value.parts.at(1), "generator/samples");
  const Message image = value.inside(4);
  EXPECT_EQ(image.bits.at(1), 300U) << "height";
  EXPECT_EQ(image.bits.at(2), 20U) << "width";
  EXPECT_EQ(image.parts.at(4), png);
}

TEST_F(TensorBoard, AResumedRunPurgesTheStepsDoneAgain) {
  EventWriter writer(folder_, 42);
  const Message start(records(writer.file()).at(1));
  EXPECT_EQ(start.bits.at(2), 42U);
  EXPECT_EQ(start.inside(7).bits.at(1), 1U) << "SessionLog.START";
}

TEST_F(TensorBoard, EachFileOfAFolderSortsAfterTheOnesBefore) {
  std::vector<std::string> names;
  for (int run = 0; run < 3; ++run)
    names.push_back(EventWriter(folder_).file().filename().string());
  EXPECT_LT(names[0], names[1]);
  EXPECT_LT(names[1], names[2]);
}

TEST_F(TensorBoard, AMissingFolderIsAStateError) {
  EXPECT_THROW(EventWriter(folder_ / "missing"), StateError);
}

}  // namespace
}  // namespace tacit
