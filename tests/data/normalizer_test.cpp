// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/normalizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tacit/data/windows.h"
#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

std::vector<int64_t> all_rows(const Dataset& data) {
  std::vector<int64_t> rows(static_cast<size_t>(data.size()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

TEST(Normalizer, AgreesWithADirectComputation) {
  const SignalWindows data(people(40, 200), {.length = {20}});  // several chunks of rows
  ASSERT_GT(data.size(), 600);
  const auto rows = all_rows(data);
  const Normalizer fitted = Normalizer::fit(Normalization::zscore, data, rows);
  const Tensor x = data.read(rows).x.to(at::kDouble);
  for (int64_t channel = 0; channel < 2; ++channel) {
    const Tensor values = x.select(1, channel);
    const double mean = values.mean().item<double>();
    const double deviation = std::sqrt(values.sub(mean).square().mean().item<double>());
    EXPECT_NEAR(fitted.mean[channel].item<double>(), mean, 1e-6 * mean);
    EXPECT_NEAR(fitted.scale[channel].item<double>(), deviation, 1e-6 * deviation);
  }
  const Tensor y = fitted.apply(data.read(rows).x).to(at::kDouble);
  EXPECT_NEAR(y.select(1, 1).mean().item<double>(), 0, 1e-4);
  EXPECT_NEAR(y.select(1, 1).square().mean().item<double>(), 1, 1e-4);
}

TEST(Normalizer, FitsOnTheRowsItIsGivenOnly) {
  const SignalWindows data(people(2), {.length = {20}});
  const std::vector<int64_t> first{0};
  EXPECT_FLOAT_EQ(Normalizer::fit(Normalization::zscore, data, first).mean[0].item<float>(), 9.5F);
}

TEST(Normalizer, LeavesAConstantChannelItsScale) {
  Signals signals = people(2);
  for (Recording& recording : signals.recordings) recording.samples[1].fill_(0.1F);
  const SignalWindows data(signals, {.length = {20}});
  EXPECT_EQ(Normalizer::fit(Normalization::zscore, data, all_rows(data)).scale[1].item<float>(), 1);
}

TEST(Normalizer, SensorSharesOneScaleAmongTheAxes) {
  Signals signals = people(2);
  signals.channels = {"x", "y", "z"};
  signals.recordings.resize(1);
  signals.recordings[0].samples = at::randn({3, 200}) * at::tensor({1.0F, 2.0F, 5.0F}).unsqueeze(1);
  signals.recordings[0].labels = {{0, 200, 0}};
  const SignalWindows data(signals, {.length = {20}});
  const auto rows = all_rows(data);
  const Normalizer each = Normalizer::fit(Normalization::zscore, data, rows);
  const Normalizer shared = Normalizer::fit(Normalization::sensor, data, rows);
  EXPECT_TRUE(shared.mean.equal(each.mean));
  const double expected = each.scale.square().mean().sqrt().item<double>();
  for (int64_t axis = 0; axis < 3; ++axis)
    EXPECT_NEAR(shared.scale[axis].item<double>(), expected, 1e-6 * expected);
}

TEST(Normalizer, NoneChangesNothing) {
  const SignalWindows data(people(2), {.length = {20}});
  const auto rows = all_rows(data);
  const Tensor x = data.read(rows).x;
  EXPECT_TRUE(Normalizer::fit(Normalization::none, data, rows).apply(x).equal(x));
}

TEST(Normalizer, RefusesNoRowsAndWhatIsNotFinite) {
  Signals signals = people(2);
  signals.recordings[0].samples[1][3] = std::nanf("");
  const SignalWindows data(signals, {.length = {20}});
  const auto fit = [&](const std::vector<int64_t>& rows) {
    return message<DataError>([&] { Normalizer::fit(Normalization::zscore, data, rows); });
  };
  EXPECT_NE(fit({}).find("no rows"), std::string::npos);
  EXPECT_NE(fit(all_rows(data)).find("channel y"), std::string::npos);
}

}  // namespace
}  // namespace tacit
