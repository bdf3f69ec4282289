// SPDX-License-Identifier: Apache-2.0
#include "tacit/dist/broadcast.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>

#include <algorithm>

#include "tacit/core/json.h"

namespace tacit {

std::string broadcast(const Communicator& world, const std::string& text) {
  if (world.size() == 1) return text;
  const auto length = static_cast<int64_t>(text.size());
  const int64_t wanted = world.broadcast(at::full({1}, length, at::kLong)).item<int64_t>();
  const at::Tensor bytes = at::empty({wanted}, at::kByte);
  if (world.rank() == 0) std::copy_n(text.data(), wanted, bytes.mutable_data_ptr<uint8_t>());
  const at::Tensor sent = world.broadcast(bytes);
  const auto* data = sent.const_data_ptr<uint8_t>();
  return {data, data + wanted};
}

TensorFile broadcast(const Communicator& world, const TensorFile& file) {
  if (world.size() == 1) return file;
  Json listed{{"tensors", Json::object()}, {"metadata", file.metadata}};
  for (const auto& [name, tensor] : file.tensors)
    listed["tensors"][name] = {{"type", static_cast<int>(tensor.scalar_type())},
                               {"shape", tensor.sizes().vec()}};
  const Json all = Json::parse(broadcast(world, listed.dump()));
  TensorFile received{{}, all["metadata"].get<std::map<std::string, std::string>>()};
  for (const auto& [name, form] : all["tensors"].items()) {
    const auto type = static_cast<at::ScalarType>(form["type"].get<int>());
    const at::Tensor own = world.rank() == 0
                               ? file.tensors.at(name)
                               : at::empty(form["shape"].get<std::vector<int64_t>>(), type);
    received.tensors[name] = world.broadcast(own);
  }
  return received;
}

}  // namespace tacit
