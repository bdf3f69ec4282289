// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/method.h"

#include <set>

namespace tacit {

std::vector<Phase> Method::phases() {
  std::vector<Tensor> trainable;
  std::set<const c10::TensorImpl*> seen;  // an encoder that parts share is listed by each of them
  for (const Tensor& parameter : parameters())
    if (parameter.requires_grad() && seen.insert(parameter.unsafeGetTensorImpl()).second)
      trainable.push_back(parameter);
  return {{"", trainable, [this](const Batch& batch, Step& step) { return loss(batch, step); }}};
}

}  // namespace tacit
