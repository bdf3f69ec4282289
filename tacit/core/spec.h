// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/json.h"

/// Letters fixed once: N rows, C channels, T time steps, F fields of a table, D feature width, K
/// classes, V views. Signals are [N, C, T], tables [N, F],
/// images [N, C, H, W].
namespace tacit {

using at::Tensor;

enum class Modality { signal, table, image, video, audio };
/// Part of the file format; do not rename.
std::vector<std::string> names(Modality);

/// What one number of an encoded table row is. Several fields may tell of one column: a moment's.
struct Field {
  std::string name;
  std::string column;  ///< of the table
  int64_t codes = 0;   ///< of a category: how many codes there are; 0: a number, NaN where missing

  bool operator==(const Field&) const = default;
};

/// Which column each field belongs to, counted from 0; the fields of a column follow each other.
std::vector<int64_t> column_of(const std::vector<Field>& fields);

/// What one row of a data set is. It travels from the data to the encoder to the artifact, so that
/// a model refuses data it was not made for.
struct Spec {
  Modality modality = Modality::signal;
  std::vector<int64_t>
      shape;           ///< of one row: [C, T] of signals, [F] of tables, [C, H, W] of images
  double rate_hz = 0;  ///< samples a second; 0 where time means nothing
  std::vector<std::string> channels;  ///< in the order of dimension C; columns of a table
  std::vector<Field> fields{};        ///< in the order of dimension F, once a table is encoded

  bool operator==(const Spec&) const = default;
};

void to_json(Json&, const Spec&);
/// Throws StateError when a member is missing or of the wrong type.
void from_json(const Json&, Spec&);

/// Throws ShapeError naming the first difference (rate, channel, length) unless `data` can be fed
/// to a model made for `model`.
void require_compatible(const Spec& model, const Spec& data);

/// Some rows of a data set.
struct Batch {
  Tensor x;    ///< [N, *Spec.shape] float32
  Tensor y;    ///< [N] int64 class, -1 without a label; or float32 number, NaN without one
  Tensor row;  ///< [N] int64, the data set's row numbers

  int64_t size() const { return x.size(0); }
};

/// A scalar to minimise and its named parts, for logs; a part's name may carry a slash.
struct Loss {
  Tensor total;                                       ///< []
  std::vector<std::pair<std::string, Tensor>> parts;  ///< each []
};

}  // namespace tacit
