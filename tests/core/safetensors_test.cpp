// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/safetensors.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cstring>
#include <fstream>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tests/core/folder.h"

namespace tacit {
namespace {

class Safetensors : public FolderTest {
 protected:
  const std::filesystem::path file = folder / "a.safetensors";

  void put(const std::string& bytes) const {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  }

  /// Writes a file of this header, as another program would.
  void put(const std::string& header, const std::string& data) const {
    const uint64_t length = header.size();
    std::string bytes(sizeof length, 0);
    std::memcpy(bytes.data(), &length, sizeof length);
    put(bytes + header + data);
  }

  /// Whether reading throws a StateError that names the file.
  bool refused() const {
    try {
      read_safetensors(file);
    } catch (const StateError& e) {
      return std::string(e.what()).find(file.string()) != std::string::npos;
    }
    return false;
  }
};

const TensorFile& small() {
  static const TensorFile content{
      {{"w", at::arange(4, at::kFloat)}, {"n", at::full({}, 7, at::kLong)}},
      {{"method", "simclr"}}};
  return content;
}

TEST_F(Safetensors, SurviveAllTypesAndShapes) {
  TensorFile content;
  for (const auto type :
       {at::kFloat, at::kDouble, at::kBFloat16, at::kLong, at::kInt, at::kByte, at::kBool}) {
    const std::string name = c10::toString(type);
    content.tensors[name] = at::arange(6, at::kLong).remainder(2).view({2, 3}).to(type);
    content.tensors[name + ".scalar"] = at::full({}, 1, type);
    content.tensors[name + ".empty"] = at::empty({3, 0, 2}, type);
  }
  content.metadata = {{"a", "häuser \"quoted\"\n"}, {"", ""}};
  write_safetensors(file, content);
  const TensorFile found = read_safetensors(file);
  EXPECT_EQ(found.metadata, content.metadata);
  ASSERT_EQ(found.tensors.size(), content.tensors.size());
  for (const auto& [name, tensor] : content.tensors) {
    EXPECT_EQ(found.tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(found.tensors.at(name), tensor)) << name;
  }
}

TEST_F(Safetensors, StoreWhatATensorShowsWhateverItsLayout) {
  const at::Tensor x = at::arange(12, at::kFloat).view({3, 4});
  write_safetensors(file, {{{"turned", x.t()}, {"part", x.narrow(1, 1, 2)}}, {}});
  EXPECT_TRUE(at::equal(read_safetensors(file).tensors.at("turned"), x.t()));
  EXPECT_TRUE(at::equal(read_safetensors(file).tensors.at("part"), x.narrow(1, 1, 2)));
}

TEST_F(Safetensors, SurviveWithNothingInThem) {
  write_safetensors(file, {});
  EXPECT_TRUE(read_safetensors(file).tensors.empty());
  EXPECT_TRUE(read_safetensors(file).metadata.empty());
}

TEST_F(Safetensors, SameContentSameBytes) {
  write_safetensors(file, small());
  const std::string first = read_file(file);
  write_safetensors(file, read_safetensors(file));
  EXPECT_EQ(read_file(file), first);
}

TEST_F(Safetensors, AlignTheirData) {
  write_safetensors(file, small());
  EXPECT_EQ(static_cast<unsigned char>(read_file(file)[0]) % 8, 0);
}

TEST_F(Safetensors, RefuseToStoreOtherTypes) {
  EXPECT_THROW(write_safetensors(file, {{{"h", at::zeros({2}, at::kHalf)}}, {}}), StateError);
  EXPECT_TRUE(content().empty());
}

TEST_F(Safetensors, AreWrittenByPython) {  // safetensors 0.8.0, safetensors.numpy.save
  constexpr std::array<unsigned char, 50> data{
      0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff,
      0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04, 0x40, 0x00, 0x00,
      0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x80, 0x3e, 0x00, 0x00, 0x40,
      0x40, 0x00, 0x00, 0x80, 0x40, 0x00, 0x00, 0xa0, 0x40, 0x01, 0x00};
  put(R"({"__metadata__":{"author":"someone"},)"
      R"("steps":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},)"
      R"("scalar":{"dtype":"F64","shape":[],"data_offsets":[16,24]},)"
      R"("weight":{"dtype":"F32","shape":[2,3],"data_offsets":[24,48]},)"
      R"("flag":{"dtype":"BOOL","shape":[2],"data_offsets":[48,50]}}     )",
      {data.begin(), data.end()});
  const TensorFile found = read_safetensors(file);
  EXPECT_EQ(found.metadata, (std::map<std::string, std::string>{{"author", "someone"}}));
  ASSERT_EQ(found.tensors.size(), 4U);
  const at::Tensor weight = found.tensors.at("weight");
  EXPECT_EQ(weight.sizes(), (at::IntArrayRef{2, 3}));
  EXPECT_EQ(
      (std::vector<float>{weight.const_data_ptr<float>(), weight.const_data_ptr<float>() + 6}),
      (std::vector<float>{1.5F, -2, 0.25F, 3, 4, 5}));
  EXPECT_EQ(found.tensors.at("steps")[0].item<int64_t>(), 7);
  EXPECT_EQ(found.tensors.at("steps")[1].item<int64_t>(), -1);
  EXPECT_TRUE(found.tensors.at("flag")[0].item<bool>());
  EXPECT_FALSE(found.tensors.at("flag")[1].item<bool>());
  EXPECT_EQ(found.tensors.at("scalar").dim(), 0);
  EXPECT_EQ(found.tensors.at("scalar").item<double>(), 2.5);
}

TEST_F(Safetensors, DetectEverySingleBitFlip) {
  write_safetensors(file, small());
  const std::string bytes = read_file(file);
  for (size_t at = 0; at < bytes.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      put(flipped);
      EXPECT_TRUE(refused()) << "byte " << at << " bit " << bit << ": " << bytes.substr(at, 1);
    }
}

TEST_F(Safetensors, DetectBlanksExchangedInTheHeader) {
  write_safetensors(file, small());
  const std::string bytes = read_file(file);
  ASSERT_NE(bytes.find("} "), std::string::npos) << "this header should end in blanks";
  for (size_t at = 8; at < bytes.size(); ++at)
    if (bytes[at] == ' ') {
      std::string changed = bytes;
      changed[at] = '\n';
      put(changed);
      EXPECT_TRUE(refused()) << at;
    }
}

TEST_F(Safetensors, DetectTruncationAtEveryLengthAndBytesAfterTheEnd) {
  write_safetensors(file, small());
  const std::string bytes = read_file(file);
  for (size_t length = 0; length < bytes.size(); ++length) {
    put(bytes.substr(0, length));
    EXPECT_TRUE(refused()) << length;
  }
  put(bytes + '\0');
  EXPECT_TRUE(refused());
}

TEST_F(Safetensors, RefuseWhatTheFormatForbids) {
  const std::string data(8, 'x');
  const auto tensor = [](const char* name, const char* type, const char* shape, const char* place) {
    return std::string("\"") + name + R"(":{"dtype":")" + type + R"(","shape":)" + shape +
           R"(,"data_offsets":)" + place + "}";
  };
  const std::string whole = tensor("a", "F32", "[2]", "[0,8]");
  put("{" + whole + "}", data);
  ASSERT_FALSE(refused());
  const std::string first = tensor("a", "F32", "[1]", "[0,4]");
  for (const std::string& header : {
           "{" + first + "}",                                             // bytes left over
           "{" + tensor("a", "F32", "[1]", "[4,8]") + "}",                // a hole
           "{" + whole + "," + tensor("b", "F32", "[1]", "[4,8]") + "}",  // an overlap
           "{" + whole + "," + whole + "}",                               // twice
           "{" + first + "," + tensor("a", "F32", "[1]", "[4,8]") + "}",
           "{" + tensor("a", "F16", "[4]", "[0,8]") + "}",
           "{" + tensor("a", "F32", "[3]", "[0,8]") + "}",
           "{" + tensor("a", "F32", "[-2]", "[0,8]") + "}",
           "{" + tensor("a", "F32", "[2.0]", "[0,8]") + "}",
           "{" + tensor("a", "F32", "[2]", "[8,0]") + "}",
           "{" + tensor("a", "F32", "[2]", "[0,8,9]") + "}",
           "{" + tensor("a", "F32", "[2]", "[0,16]") + "}",
           "{" + tensor("a", "F32", "[2]", "[-8,0]") + "}",
           "{" + tensor("a", "F32", "2", "[0,8]") + "}",
           std::string(R"({"a":{"dtype":"F32","shape":[2]}})"),
           std::string(R"({"a":5})"),
           std::string(R"({"__metadata__":{"a":1},)") + whole + "}",
           std::string("[]"),
           std::string("null"),
           std::string(""),
           "{" + whole,
           "{" + whole + "} x",
       }) {
    put(header, data);
    EXPECT_TRUE(refused()) << header;
  }
}

TEST_F(Safetensors, RefuseHugeShapesWithoutAllocating) {
  const auto header = [](const std::string& shape) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,0]}})";
  };
  for (const char* shape : {"[4611686018427387904]", "[4611686018427387904,4]",
                            "[9223372036854775807,9223372036854775807]", "[1000000000000]",
                            "[18446744073709551615]", "[0,9223372036854775807,9223372036854775807]",
                            "[9223372036854775807,0,9223372036854775807]"}) {
    put(header(shape), "");
    EXPECT_TRUE(refused()) << shape;
  }
  std::string length(8, '\xff');
  put(length + "{}");
  EXPECT_TRUE(refused());
}

TEST_F(Safetensors, AMissingFileIsAStateError) { EXPECT_TRUE(refused()); }

}  // namespace
}  // namespace tacit
