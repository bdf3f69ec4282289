// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <variant>

#include "tacit/data/column_encoders.h"
#include "tacit/data/examples.h"
#include "tacit/data/normalizer.h"
#include "tacit/data/spool.h"

namespace tacit {

/// What stands between rows as they were read and an encoder: fitted on training rows, stored with
/// the model.
using Preprocessing = std::variant<Normalizer, ColumnEncoders>;

/// Of the rows that an encoder sees, where `raw` is of those that were read.
Spec encoded_spec(const Preprocessing& preprocessing, const Spec& raw);

/// x: [N, *raw.shape] -> [N, *encoded shape].
Tensor encode(const Preprocessing& preprocessing, const Tensor& x);

/// The columns of a table, for reading others as it was read; nothing for other data.
std::vector<TableColumn> known_columns(const Preprocessing& preprocessing);

/// Adds its members to an artifact's manifest and tensors (docs/formats/artifact.md).
void store(const Preprocessing& preprocessing, Json& manifest,
           std::map<std::string, Tensor>& tensors);
/// Throws whatever the JSON library or at() throws when something is missing.
Preprocessing load_preprocessing(const Json& manifest,
                                 const std::map<std::string, Tensor>& tensors);

/// Rows as an encoder sees them. Signals are normalised as they are read, since windows overlap,
/// and pixels, kept as bytes, where they are unpacked; a table is encoded once, into a Spool in the
/// folder `spool`.
class Preprocessed final : public Dataset {
 public:
  /// The source must outlive it.
  Preprocessed(const Examples& source, Preprocessing preprocessing, const std::string& spool = "");
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return source_.size(); }
  Batch read(std::span<const int64_t> rows) const override;
  Batch read_packed(std::span<const int64_t> rows) const override;
  Tensor unpack(const Tensor& x) const override;

 private:
  const Examples& source_;
  Preprocessing preprocessing_;
  Spec spec_;
  Tensor encoded_;  // [N, F] of a table; undefined for other rows
};

}  // namespace tacit
