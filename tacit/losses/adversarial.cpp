// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/adversarial.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/stack.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

/// [N] what scores cost that should be high.
Tensor cost_of_low(AdversarialLoss kind, const Tensor& score) {
  return kind == AdversarialLoss::hinge ? at::relu(1 - score) : at::softplus(-score);
}

/// [] how many there are, in the type of x.
Tensor count(const Tensor& x) { return at::full({}, x.size(0), x.options()); }

}  // namespace

Loss discriminator_loss(AdversarialLoss kind, const Tensor& real, const Tensor& fake,
                        const Communicator& world, const Tensor& counted) {
  require<ShapeError>(
      real.dim() == 1 && fake.dim() == 1 && (!counted.defined() || counted.sizes() == real.sizes()),
      "discriminator_loss: scores must be [N], and what counts as long as the real ones, not {}, "
      "{} and {}",
      real.sizes(), fake.sizes(), counted.defined() ? counted.sizes() : real.sizes());
  const Tensor weight = counted.defined() ? counted.to(real.scalar_type()) : at::ones_like(real);
  const Tensor sums =  // in one message
      world.sum(at::stack({(cost_of_low(kind, real) * weight).sum(), weight.sum(),
                           (real.detach() * weight).sum(), cost_of_low(kind, -fake).sum(),
                           count(fake), fake.detach().sum()}));
  const Tensor reals = sums[1].clamp_min(1), fakes = sums[4];
  return {sums[0] / reals + sums[3] / fakes,
          {{"real/score", (sums[2] / reals).detach()}, {"fake/score", (sums[5] / fakes).detach()}}};
}

Loss generator_loss(AdversarialLoss kind, const Tensor& fake, const Communicator& world) {
  require<ShapeError>(fake.dim() == 1, "generator_loss: scores must be [M], not {}", fake.sizes());
  const Tensor cost = kind == AdversarialLoss::hinge ? -fake : cost_of_low(kind, fake);
  const Tensor sums = world.sum(at::stack({cost.sum(), count(fake), fake.detach().sum()}));
  return {sums[0] / sums[1], {{"fake/score", (sums[2] / sums[1]).detach()}}};
}

}  // namespace tacit
