// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/autoencoder.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "tacit/core/weights.h"
#include "tests/methods/waves.h"

namespace tacit {
namespace {

TEST(Autoencoder, LossIsTheMeanSquareOfWhatItsDecoderMisses) {
  const auto method = small_method("autoencoder");
  auto w = weights(*method);
  const Batch batch = Waves(5).all();
  // A decoder whose output layer is 0 says its bias, whatever it is shown.
  w["decoder.weight"].zero_();
  set_weights(*method, w);
  EXPECT_NEAR(loss_of(*method, batch, 1).total.item<double>(),
              batch.x.square().mean().item<double>(), 1e-5);
  w["decoder.bias"] = batch.x[0].flatten().clone();
  set_weights(*method, w);
  EXPECT_NEAR(loss_of(*method, {batch.x.slice(0, 0, 1), batch.y.slice(0, 0, 1), {}}, 1)
                  .total.item<double>(),
              0, 1e-10);
}

TEST(Autoencoder, DecodesLinearlyWithoutAHiddenLayer) {
  Autoencoder method({.hidden = 0}, {Waves(1).spec(), small_encoder(Rng(1)), Rng(2)});
  EXPECT_EQ(weights(method).at("decoder.weight").sizes(), (std::vector<int64_t>{3 * 64, 16}));
}

}  // namespace
}  // namespace tacit
