// SPDX-License-Identifier: Apache-2.0
#include "tacit/train/exchange.h"

#include <ATen/ops/cat.h>
#include <c10/core/GradMode.h>

namespace tacit {
namespace {

constexpr int64_t kLongestMessage = int64_t{1} << 24;  // values: 64 MB; bounds the copy's memory

}  // namespace

void add_up_gradients(const Communicator& world, const std::vector<at::Tensor>& parameters,
                      at::Tensor& values) {
  if (world.size() == 1) return;
  const c10::AutoGradMode no_grad(false);
  std::vector<at::Tensor> places, flat;
  int64_t length = 0;
  const auto send = [&] {
    const at::Tensor sums = world.sum(at::cat(flat));
    int64_t first = 0;
    for (at::Tensor& place : places) {
      place.copy_(sums.narrow(0, first, place.numel()).view(place.sizes()));
      first += place.numel();
    }
    places.clear(), flat.clear(), length = 0;
  };
  const auto add = [&](const at::Tensor& place) {
    if (length > 0 && length + place.numel() > kLongestMessage) send();
    places.push_back(place);
    flat.push_back(place.flatten());
    length += place.numel();
  };
  for (const at::Tensor& parameter : parameters)
    if (parameter.grad().defined()) add(parameter.grad());
  add(values);
  send();
}

}  // namespace tacit
