// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/preprocessing.h"

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <sys/mman.h>

#include <algorithm>
#include <numeric>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr int64_t kChunkRows = 1 << 16;  // encoded at a time

Tensor encode_all(const Examples& source, const ColumnEncoders& encoders,
                  const std::string& folder) {
  Spool spool(folder, static_cast<int64_t>(encoders.fields().size()));
  for (int64_t begin = 0; begin < source.size(); begin += kChunkRows) {
    std::vector<int64_t> rows(static_cast<size_t>(std::min(kChunkRows, source.size() - begin)));
    std::iota(rows.begin(), rows.end(), begin);
    const Tensor x = encoders.apply(source.read(rows).x).contiguous();
    spool.append({x.const_data_ptr<float>(), static_cast<size_t>(x.numel())});
  }
  spool.finish();
  const Tensor encoded = spool.view(0, source.size()).t();
  // Training reads rows here and there, and the system would bring in with each as much as lies
  // around it: megabytes, on some disks, that push out what is still needed.
  ::madvise(const_cast<void*>(encoded.const_data_ptr()), encoded.nbytes(), MADV_RANDOM);
  return encoded;
}

}  // namespace

Spec encoded_spec(const Preprocessing& preprocessing, const Spec& raw) {
  Spec spec = raw;
  if (const auto* encoders = std::get_if<ColumnEncoders>(&preprocessing)) {
    spec.fields = encoders->fields();
    spec.shape = {static_cast<int64_t>(spec.fields.size())};
  }
  return spec;
}

Tensor encode(const Preprocessing& preprocessing, const Tensor& x) {
  return std::visit([&](const auto& fitted) { return fitted.apply(x); }, preprocessing);
}

std::vector<TableColumn> known_columns(const Preprocessing& preprocessing) {
  const auto* encoders = std::get_if<ColumnEncoders>(&preprocessing);
  return encoders == nullptr ? std::vector<TableColumn>() : encoders->columns();
}

void store(const Preprocessing& preprocessing, Json& manifest,
           std::map<std::string, Tensor>& tensors) {
  if (const auto* encoders = std::get_if<ColumnEncoders>(&preprocessing)) {
    manifest["columns"] = encoders->describe(tensors);
  } else {
    const auto& normalizer = std::get<Normalizer>(preprocessing);
    tensors["normalizer.mean"] = normalizer.mean;
    tensors["normalizer.scale"] = normalizer.scale;
  }
}

Preprocessing load_preprocessing(const Json& manifest,
                                 const std::map<std::string, Tensor>& tensors) {
  if (manifest.contains("columns")) return ColumnEncoders::load(manifest["columns"], tensors);
  return Normalizer{tensors.at("normalizer.mean"), tensors.at("normalizer.scale")};
}

Preprocessed::Preprocessed(const Examples& source, Preprocessing preprocessing,
                           const std::string& spool)
    : source_(source),
      preprocessing_(std::move(preprocessing)),
      spec_(encoded_spec(preprocessing_, source.spec())) {
  if (const auto* encoders = std::get_if<ColumnEncoders>(&preprocessing_)) {
    encoded_ = encode_all(source, *encoders, spool);
  }
}

Batch Preprocessed::read(std::span<const int64_t> rows) const {
  Batch batch = read_packed(rows);
  batch.x = unpack(batch.x);
  return batch;
}

Batch Preprocessed::read_packed(std::span<const int64_t> rows) const {
  if (!encoded_.defined()) {
    Batch batch = source_.read_packed(rows);
    if (batch.x.is_floating_point()) batch.x = encode(preprocessing_, batch.x);
    return batch;
  }
  const Tensor row = at::tensor(at::ArrayRef<int64_t>(rows.data(), rows.size()), at::kLong);
  return {at::index_select(encoded_, 0, row), labels_of(source_, rows), row};
}

Tensor Preprocessed::unpack(const Tensor& x) const {
  return x.is_floating_point() ? x : encode(preprocessing_, source_.unpack(x));
}

}  // namespace tacit
