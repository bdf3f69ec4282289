// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/table_encoder.h"

#include "tacit/core/error.h"

namespace tacit {

std::shared_ptr<TableEncoder> require_table_encoder(const std::shared_ptr<Encoder>& encoder,
                                                    const std::string& method) {
  std::shared_ptr<TableEncoder> table = std::dynamic_pointer_cast<TableEncoder>(encoder);
  require<ConfigError>(table != nullptr,
                       "method {} learns from tables and so needs an encoder of tables; set "
                       "encoder.name = \"table_mlp\"",
                       method);
  return table;
}

}  // namespace tacit
