// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/spec.h"
#include "tacit/dist/communicator.h"

namespace tacit {

/// What a discriminator's score s costs. hinge: Lim & Ye 2017, "Geometric GAN", arXiv:1705.02894;
/// non_saturating: Goodfellow et al. 2014, "Generative Adversarial Networks", arXiv:1406.2661,
/// section 3, with the sigmoid of s as the probability that an image is real.
enum class AdversarialLoss {
  hinge,           ///< max(0, 1 - s) of a real image, max(0, 1 + s) of a fake; generator: -s
  non_saturating,  ///< softplus(-s) of a real image, softplus(s) of a fake; generator: softplus(-s)
};
inline std::vector<std::string> names(AdversarialLoss) { return {"hinge", "non_saturating"}; }

/// What the discriminator descends: the mean over real images plus the mean over fakes, of all
/// processes. real: [N] and fake: [M] scores; counted: [N] bool, the real images that count, all if
/// undefined; where none does, real ones cost 0. Parts: "real/score" and "fake/score", the means.
/// Throws ShapeError.
Loss discriminator_loss(AdversarialLoss kind, const Tensor& real, const Tensor& fake,
                        const Communicator& world, const Tensor& counted = {});

/// What the generator descends: the mean over the fakes of all processes. fake: [M] scores. Part:
/// "fake/score", their mean. Throws ShapeError.
Loss generator_loss(AdversarialLoss kind, const Tensor& fake, const Communicator& world);

}  // namespace tacit
