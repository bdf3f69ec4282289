// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "tacit/nn/encoder.h"

namespace tacit {

/// Which layers of a table's encoder make up the features.
enum class FeatureLayers {
  last,
  all  ///< and the row itself, side by side: the "deep stack" of Jahrer 2017 (Porto Seguro)
};
inline std::vector<std::string> names(FeatureLayers) { return {"last", "all"}; }

/// An encoder of encoded table rows that shows each of its layers.
class TableEncoder : public Encoder {
 public:
  /// x: [N, F] -> the row as the first layer sees it, then what each layer says, [N, its width]
  /// each.
  virtual std::vector<Tensor> layers(const Tensor& x) = 0;
  /// Of the last layer, which decoders and projectors see.
  virtual int64_t code_width() const = 0;
  Tensor code(const Tensor& x) { return layers(x).back(); }  ///< [N, code_width()]
};

/// `encoder` as one of tables. Throws ConfigError, which names `method`, if it is none.
std::shared_ptr<TableEncoder> require_table_encoder(const std::shared_ptr<Encoder>& encoder,
                                                    const std::string& method);

}  // namespace tacit
