// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>

#include "tacit/nn/encoder.h"

namespace tacit {

/// An encoder that tells something of every time step before it pools them, and that can be run
/// with some steps hidden: what methods need that compare moments.
class StepEncoder : public Encoder {
 public:
  /// x: [N, C, T], any T >= 1 -> [N, T, D]. seen: [N, T] bool; steps that are false are known by
  /// their neighbours alone. Undefined: all are seen.
  virtual Tensor encode_steps(const Tensor& x, const Tensor& seen) const = 0;
};

/// `encoder` as one that tells of steps. Throws ConfigError, which names `method`, if it is none.
std::shared_ptr<StepEncoder> require_steps(const std::shared_ptr<Encoder>& encoder,
                                           const std::string& method);

}  // namespace tacit
