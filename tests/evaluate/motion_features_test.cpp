// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/motion_features.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "tacit/core/error.h"

namespace tacit {
namespace {

constexpr Triad kAxes[] = {{0, 1, 2}};

Tensor waves(int64_t n) {
  const Tensor r = at::arange(n, at::kDouble).view({n, 1, 1});
  const Tensor c = at::arange(3, at::kDouble).view({1, 3, 1});
  const Tensor t = at::arange(50, at::kDouble).view({1, 1, 50});
  return (0.37 * (r + 1) * t + 1.1 * c).sin() * (c + 1) + 0.5 * (1.9 * t * (c + 1)).cos() +
         0.25 * r * c;
}

// numpy 2.4:
//   r, c, t = np.ogrid[:2, :3, :50]
//   x = np.sin(.37*(r+1)*t + 1.1*c)*(c+1) + .5*np.cos(1.9*t*(c+1)) + .25*r*c
//   norm = np.linalg.norm(x, axis=1)
//   s = np.abs(np.fft.rfft(x - x.mean(2, keepdims=True)))[:, :, 1:]
//   np.concatenate([x.mean(2), x.std(2), x.min(2), x.max(2), np.abs(np.diff(x)).mean(2),
//                   *[np.percentile(x, q, axis=2) for q in (10, 25, 75, 90)],
//                   np.stack([norm.mean(1), norm.std(1)], 1), s.argmax(2),
//                   s.max(2) / (s.sum(2) + 1e-9),
//                   np.stack([np.corrcoef(w)[np.triu_indices(3, 1)] for w in x])], 1)
const std::vector<double> kWaves = {
    0.010448528,  -0.022539034, -0.059398138, 0.795353827,  1.463215871,  2.133806742,
    -1.384222839, -2.389168911, -3.341057957, 1.376244918,  2.368707991,  3.477073918,
    0.530240875,  0.705528009,  0.736722243,  -1.160754843, -2.00507793,  -2.858570991,
    -0.544540692, -1.329285229, -2.023396363, 0.623861589,  1.30738273,   2.023226681,
    1.094982491,  1.992512584,  2.602684655,  2.648569957,  0.562087279,  2.0,
    2.0,          2.0,          0.489519803,  0.558924973,  0.655795127,  0.41124652,
    -0.523577899, 0.407381778,  0.016275719,  0.238896695,  0.438681894,  0.790384679,
    1.471719182,  2.145093428,  -1.481875226, -2.164345417, -2.853076944, 1.393060405,
    2.745204125,  3.950928916,  0.618970163,  1.016840432,  1.42431588,   -1.042037698,
    -1.555194407, -2.469685471, -0.704275949, -0.987167435, -1.401542526, 0.592156892,
    1.565612165,  2.435204716,  1.000588611,  2.179875307,  3.269137509,  2.670275775,
    0.715189992,  5.0,          5.0,          5.0,          0.425416756,  0.470941188,
    0.55117746,   0.413314713,  -0.475061343, 0.461629046};

TEST(MotionFeatures, MatchNumpy) {
  const Tensor expected = at::tensor(kWaves, at::kDouble).view({2, 38});
  EXPECT_LT((motion_features(waves(2), kAxes) - expected).abs().max().item<double>(), 1e-6);
}

TEST(MotionFeatures, ConstantChannelsHaveNoCorrelation) {
  // The same code over [[1.5]*8, [1 … 8], [8 … 1]], with np.nan_to_num around it.
  const Tensor up = at::arange(1, 9, at::kFloat);
  const Tensor x = at::stack({at::full({8}, 1.5f), up, 9 - up}).unsqueeze(0);
  const std::vector<double> expected = {
      1.5,  4.5, 4.5,  0,           2.291287847, 2.291287847, 1.5, 1,           1,           1.5,
      8,    8,   0,    1,           1,           1.5,         1.7, 1.7,         1.5,         2.75,
      2.75, 1.5, 6.25, 6.25,        1.5,         7.3,         7.3, 7.270995217, 0.618569764, 0,
      0,    0,   0,    0.427698966, 0.427698966, 0,           0,   -1};
  EXPECT_LT(
      (motion_features(x, kAxes).view({-1}) - at::tensor(expected)).abs().max().item<double>(),
      1e-6);
}

TEST(MotionFeatures, OfARowDoNotDependOnOthers) {
  const Tensor many = waves(1030);  // several chunks
  const Tensor got = motion_features(many, kAxes);
  for (const int64_t row : {0, 511, 512, 1029})
    EXPECT_TRUE(
        got.narrow(0, row, 1).allclose(motion_features(many.narrow(0, row, 1), kAxes), 1e-5, 1e-6))
        << row;
}

TEST(MotionFeatures, HaveANameEach) {
  const std::vector<std::string> channels = {"ax", "ay", "az", "gx", "gy", "gz"};
  const std::vector<Triad> triads = find_triads(channels);
  EXPECT_EQ(triads, (std::vector<Triad>{{0, 1, 2}, {3, 4, 5}}));
  const std::vector<std::string> names = motion_feature_names(channels, triads);
  const Tensor x = at::cat({waves(2), waves(2)}, 1);
  ASSERT_EQ(static_cast<int64_t>(names.size()), motion_features(x, triads).size(1));
  EXPECT_EQ(names.front(), "mean ax");
  EXPECT_EQ(names[9 * 6], "norm_mean ax,ay,az");
  EXPECT_EQ(names[9 * 6 + 3], "norm_std gx,gy,gz");
  EXPECT_EQ(names.back(), "correlation gy,gz");
}

TEST(MotionFeatures, WorkForOneChannelAndShortWindows) {
  const Tensor got = motion_features(at::tensor({1.0f, 3.0f}).view({1, 1, 2}), {});
  EXPECT_EQ(got.size(1), 11);
  EXPECT_TRUE(at::isfinite(got).all().item<bool>());
}

TEST(MotionFeatures, RefuseWhatHasNoTimeOrAxes) {
  EXPECT_THROW(motion_features(at::zeros({2, 3}), kAxes), ShapeError);
  EXPECT_THROW(motion_features(at::zeros({2, 3, 1}), kAxes), ShapeError);
  EXPECT_THROW(motion_features(at::zeros({2, 2, 9}), kAxes), ShapeError);
}

}  // namespace
}  // namespace tacit
