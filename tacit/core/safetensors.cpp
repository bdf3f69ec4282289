// SPDX-License-Identifier: Apache-2.0
#include "tacit/core/safetensors.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/json.h"

namespace tacit {
namespace {

constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr const char* kChecksum = "checksum";
constexpr const char* kChecked = "checked";  // so that a damaged key of the checksum shows
constexpr const char* kYes = "yes";
constexpr const char* kBlank = "0000000000000000";  // stands for the checksum while it is computed

const std::vector<std::pair<std::string, at::ScalarType>>& types() {
  static const std::vector<std::pair<std::string, at::ScalarType>> table{
      {"F32", at::kFloat}, {"F64", at::kDouble}, {"BF16", at::kBFloat16}, {"I64", at::kLong},
      {"I32", at::kInt},   {"U8", at::kByte},    {"BOOL", at::kBool}};
  return table;
}

std::string type_name(at::ScalarType type) {
  for (const auto& [name, known] : types())
    if (known == type) return name;
  throw StateError(text("safetensors: cannot store a tensor of type {}", c10::toString(type)));
}

std::string header_text(const Json& header) {
  std::string written = header.dump();
  written.resize((written.size() + 7) / 8 * 8, ' ');
  return written;
}

/// Throws StateError for a name that is there twice, which JSON itself does not notice.
Json parse_header(std::string_view written) {
  std::set<std::string> seen;
  return Json::parse(written, [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::key && depth == 1)
      require<StateError>(seen.insert(parsed.get<std::string>()).second,
                          "tensor \"{}\" is there twice", parsed.get<std::string>());
    return true;
  });
}

/// A list of whole numbers >= 0, each below 2^40, of which no file holds so many.
std::vector<int64_t> whole_numbers(const Json& list) {
  require<StateError>(list.is_array(), "{} is not a list of whole numbers", list.dump());
  for (const Json& number : list)
    require<StateError>(number.is_number_unsigned() && number.get<uint64_t>() < uint64_t{1} << 40,
                        "{} is not a list of possible sizes", list.dump());
  return list.get<std::vector<int64_t>>();
}

std::string_view bytes_of(const at::Tensor& tensor) {
  return {static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()};
}

void check(bool fine, std::string_view what) { require<StateError>(fine, "{}", what); }

/// Throws StateError or Json::exception saying what is wrong with the content of a file.
TensorFile parse(std::string_view bytes) {
  uint64_t length = 0;
  check(bytes.size() >= sizeof length, "it is shorter than its header");
  std::memcpy(&length, bytes.data(), sizeof length);
  check(length <= kLongestHeader && length <= bytes.size() - sizeof length,
        "it is shorter than its header");
  const std::string_view data = bytes.substr(sizeof length + length);

  TensorFile content;
  const std::string_view written = bytes.substr(sizeof length, length);
  const Json header = parse_header(written);
  check(header.is_object(), "its header is not a table");
  std::vector<std::pair<size_t, size_t>> places;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      content.metadata = entry.get<std::map<std::string, std::string>>();
      continue;
    }
    const auto type = std::find_if(types().begin(), types().end(), [&](const auto& known) {
      return known.first == entry.at("dtype").template get<std::string>();
    });
    check(type != types().end(), text("tensor \"{}\" has an unknown type", name));
    const std::vector<int64_t> shape = whole_numbers(entry.at("shape"));
    const std::vector<int64_t> offsets = whole_numbers(entry.at("data_offsets"));
    check(offsets.size() == 2, text("tensor \"{}\" has no place", name));
    const auto begin = static_cast<size_t>(offsets[0]), end = static_cast<size_t>(offsets[1]);
    uint64_t size = c10::elementSize(type->second);
    for (const int64_t extent : shape) {
      check(extent == 0 || size <= data.size() / static_cast<uint64_t>(extent),
            text("tensor \"{}\" is larger than the file", name));
      size *= static_cast<uint64_t>(extent);
    }
    check(begin <= end && end <= data.size() && end - begin == size,
          text("tensor \"{}\" does not fit its place", name));
    places.emplace_back(begin, end);
    const at::Tensor tensor = at::empty(shape, type->second);
    if (size > 0) std::memcpy(tensor.mutable_data_ptr(), data.data() + begin, size);
    content.tensors.emplace(name, tensor);
  }
  std::sort(places.begin(), places.end());
  size_t covered = 0;
  for (const auto& [begin, end] : places) {
    check(begin == covered, "its tensors leave a hole or overlap");
    covered = end;
  }
  check(covered == data.size(), "bytes follow the last tensor, or are missing");
  const bool checked = content.metadata.erase(kChecked) > 0;
  if (const auto sum = content.metadata.find(kChecksum); sum != content.metadata.end()) {
    std::string blanked(written);  // as written, so that not even its blanks may change
    const size_t place = blanked.rfind(sum->second);
    if (place != std::string::npos) blanked.replace(place, sum->second.size(), kBlank);
    check(checksum({blanked, data}) == sum->second, "its checksum does not match");
    content.metadata.erase(sum);
  } else {
    check(!checked, "its checksum is missing");
  }
  return content;
}

}  // namespace

void write_safetensors(const std::filesystem::path& file, const TensorFile& content) {
  Json header{{"__metadata__", content.metadata}};
  header["__metadata__"][kChecked] = kYes;
  header["__metadata__"][kChecksum] = kBlank;
  std::string data;
  for (const auto& [name, tensor] : content.tensors) {
    const at::Tensor plain = tensor.detach().contiguous();
    const size_t begin = data.size();
    data += bytes_of(plain);
    header[name] = {{"dtype", type_name(plain.scalar_type())},
                    {"shape", plain.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  header["__metadata__"][kChecksum] = checksum({header_text(header), data});
  const std::string written = header_text(header);
  const uint64_t length = written.size();
  write_file(file, {{reinterpret_cast<const char*>(&length), sizeof length}, written, data});
}

TensorFile read_safetensors(const std::filesystem::path& file) {
  std::string bytes;
  try {
    bytes = read_file(file);
  } catch (const DataError& e) {
    throw StateError(e.what());
  }
  try {
    return parse(bytes);
  } catch (const c10::Error& e) {  // a shape that torch refuses
    throw StateError(text("{} is damaged: {}", file.string(), e.what_without_backtrace()));
  } catch (const std::exception& e) {
    throw StateError(text("{} is damaged: {}", file.string(), e.what()));
  }
}

}  // namespace tacit
