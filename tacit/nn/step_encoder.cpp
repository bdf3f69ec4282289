// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/step_encoder.h"

#include "tacit/core/error.h"

namespace tacit {

std::shared_ptr<StepEncoder> require_steps(const std::shared_ptr<Encoder>& encoder,
                                           const std::string& method) {
  std::shared_ptr<StepEncoder> steps = std::dynamic_pointer_cast<StepEncoder>(encoder);
  require<ConfigError>(steps != nullptr,
                       "method {} compares time steps and so needs an encoder that has features of "
                       "each; set encoder.name = \"dilated_conv\"",
                       method);
  return steps;
}

}  // namespace tacit
