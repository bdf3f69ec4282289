// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/info_nce.h"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <set>

#include "tacit/core/error.h"
#include "tests/core/folder.h"
#include "tests/losses/ranks.h"

namespace tacit {
namespace {

constexpr NceNegatives kAllRules[]{NceNegatives::in_batch, NceNegatives::same_sequence,
                                   NceNegatives::other_sequences};
constexpr NceScore kAllScores[]{NceScore::dot, NceScore::mean, NceScore::cosine};

Tensor places(const std::vector<int64_t>& numbers) { return at::tensor(numbers, at::kLong); }

Loss loss_of(const Tensor& predictions, const Tensor& targets, const Tensor& positive,
             const InfoNceConfig& config = {}, uint64_t seed = 1) {
  Rng rng(seed);
  return info_nce(predictions, targets, positive, config, rng);
}

double part(const Loss& loss, size_t index) { return loss.parts.at(index).second.item<double>(); }

/// Loss, accuracy and chance, one pair of a prediction and a target at a time.
std::array<double, 3> naive(const Tensor& predictions, const Tensor& targets,
                            const Tensor& positive, const InfoNceConfig& config) {
  const int64_t rows = targets.size(0), width = targets.size(2);
  const auto score = [&](const Tensor& a, const Tensor& b) {
    double product = 0, of_a = 0, of_b = 0;
    for (int64_t i = 0; i < width; ++i) {
      const double x = a[i].item<double>(), y = b[i].item<double>();
      product += x * y, of_a += x * x, of_b += y * y;
    }
    if (config.score == NceScore::mean) return product / static_cast<double>(width);
    if (config.score == NceScore::cosine)
      return product / std::sqrt(of_a * of_b) / config.temperature;
    return product;
  };
  double cost = 0, hits = 0, chance = 0;
  const Tensor own = positive.expand({rows, predictions.size(1)});
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t q = 0; q < predictions.size(1); ++q) {
      const int64_t right_place = own[row][q].item<int64_t>();
      const double right = score(predictions[row][q], targets[row][right_place]);
      double sum = std::exp(right), candidates = 1;
      bool is_best = true;
      for (int64_t other = 0; other < rows; ++other)
        for (int64_t place = 0; place < targets.size(1); ++place) {
          if (other == row && place == right_place) continue;
          if (other != row && config.negatives == NceNegatives::same_sequence) continue;
          if (other == row && config.negatives == NceNegatives::other_sequences) continue;
          const double wrong = score(predictions[row][q], targets[other][place]);
          sum += std::exp(wrong), candidates += 1;
          is_best = is_best && right > wrong;
        }
      cost += std::log(sum) - right, hits += is_best ? 1 : 0, chance += 1 / candidates;
    }
  const double count = static_cast<double>(rows * predictions.size(1));
  return {cost / count, hits / count, chance / count};
}

TEST(InfoNce, IsTheEquationWrittenOutByEveryRuleAndScore) {
  const Tensor predictions = normal_numbers({3, 4, 5}, 1), targets = normal_numbers({3, 6, 5}, 2);
  for (const Tensor& positive :
       {places({2, 3, 4, 5}), places({0, 1, 2, 3, 5, 5, 0, 0, 3, 1, 4, 2}).view({3, 4})})
    for (const NceNegatives negatives : kAllRules)
      for (const NceScore score : kAllScores) {
        const InfoNceConfig config{.negatives = negatives, .score = score, .temperature = 0.7};
        SCOPED_TRACE(write_config(config).dump());
        const Loss loss = loss_of(predictions, targets, positive, config);
        const auto [cost, accuracy, chance] = naive(predictions, targets, positive, config);
        EXPECT_NEAR(loss.total.item<double>(), cost, 1e-10);
        EXPECT_NEAR(part(loss, 0), accuracy, 1e-12);
        EXPECT_NEAR(part(loss, 1), chance, 1e-12);
      }
}

TEST(InfoNce, HasItsClosedFormForEqualAndForPerfectTargets) {
  // All alike: each candidate is as likely, and none is the best.
  const Tensor alike = at::ones({3, 4, 2}, at::kDouble);
  const std::map<NceNegatives, double> candidates{{NceNegatives::in_batch, 12},
                                                  {NceNegatives::same_sequence, 4},
                                                  {NceNegatives::other_sequences, 9}};
  for (const NceNegatives negatives : kAllRules) {
    const Loss loss = loss_of(alike, alike, places({0, 1, 2, 3}), {.negatives = negatives});
    EXPECT_NEAR(loss.total.item<double>(), std::log(candidates.at(negatives)), 1e-12);
    EXPECT_EQ(part(loss, 0), 0);
    EXPECT_NEAR(part(loss, 1), 1 / candidates.at(negatives), 1e-12);
  }
  // At right angles: exp(s) against it and one of each of the others.
  const Tensor apart = at::eye(12, at::kDouble).view({3, 4, 12});
  const Loss loss = loss_of(3 * apart, apart, places({0, 1, 2, 3}));
  EXPECT_NEAR(loss.total.item<double>(), -std::log(std::exp(3) / (std::exp(3) + 11)), 1e-12);
  EXPECT_EQ(part(loss, 0), 1);
}

TEST(InfoNce, HasTheGradientOfFiniteDifferences) {
  const Tensor predictions = normal_numbers({3, 2, 3}, 1), targets = normal_numbers({3, 4, 3}, 2);
  const Tensor positive = places({1, 3});
  for (const NceNegatives negatives : kAllRules)
    for (const int64_t drawn : {0, 3})
      for (const NceScore score : kAllScores) {
        const InfoNceConfig config{
            .negatives = negatives, .drawn = drawn, .score = score, .temperature = 0.7};
        SCOPED_TRACE(write_config(config).dump());
        const auto of_predictions = [&](const Tensor& x) {
          return 3 * loss_of(x, targets, positive, config).total;
        };
        const auto of_targets = [&](const Tensor& x) {
          return 3 * loss_of(predictions, x, positive, config).total;
        };
        EXPECT_LT(gradient_error(of_predictions, predictions), 1e-7);
        EXPECT_LT(gradient_error(of_targets, targets), 1e-7);
      }
}

TEST(InfoNce, IsTheSameInBlocksAsInOnePiece) {
  const int64_t rows = 7, count = 240;  // 1680 x 1680 scores, in blocks
  const Tensor predictions = normal_numbers({rows, count, 2}, 1).set_requires_grad(true);
  const Tensor targets = normal_numbers({rows, count, 2}, 2).set_requires_grad(true);
  const auto gradients = [&](const Tensor& loss) {
    loss.backward();
    std::pair<Tensor, Tensor> found{predictions.grad().clone(), targets.grad().clone()};
    predictions.mutable_grad().zero_(), targets.mutable_grad().zero_();
    return found;
  };
  const auto matches = [](const Tensor& a, const Tensor& b) { return a.allclose(b, 1e-8, 1e-12); };
  const Loss loss = loss_of(predictions, targets, at::arange(count, at::kLong));
  const Tensor logits = at::matmul(predictions.flatten(0, 1), targets.flatten(0, 1).t());
  const Tensor whole = at::cross_entropy_loss(logits, at::arange(rows * count, at::kLong));
  EXPECT_NEAR(loss.total.item<double>(), whole.item<double>(), 1e-10);
  const auto in_blocks = gradients(loss.total), in_one = gradients(whole);
  EXPECT_TRUE(matches(in_blocks.first, in_one.first));
  EXPECT_TRUE(matches(in_blocks.second, in_one.second));
}

TEST(InfoNce, IsTheSameInBlocksOfSequences) {
  const Tensor predictions = normal_numbers({60, 200, 2}, 1),
               targets = normal_numbers({60, 200, 2}, 2);
  const InfoNceConfig config{.negatives = NceNegatives::same_sequence};
  const Tensor positive = at::arange(200, at::kLong);
  double sum = 0;
  for (int64_t row = 0; row < 60; ++row)
    sum += loss_of(predictions.narrow(0, row, 1), targets.narrow(0, row, 1), positive, config)
               .total.item<double>();
  EXPECT_NEAR(loss_of(predictions, targets, positive, config).total.item<double>(), sum / 60,
              1e-10);
}

/// Numbers of the targets, over all sequences, that the only prediction of sequence `row` had to do
/// with: those that get a gradient from it.
std::set<int64_t> candidates_of(int64_t row, const InfoNceConfig& config, uint64_t seed) {
  const Tensor predictions = at::zeros({4, 1, 3}, at::kDouble);
  predictions[row].fill_(1);
  const Tensor targets = normal_numbers({4, 5, 3}, 2).set_requires_grad(true);
  loss_of(predictions, targets, places({2}), config, seed).total.backward();
  const Tensor touched = targets.grad().abs().sum(2).flatten();
  std::set<int64_t> found;
  for (int64_t i = 0; i < touched.size(0); ++i)
    if (touched[i].item<double>() > 0) found.insert(i);
  return found;
}

TEST(InfoNce, DrawsDifferentTargetsByTheRuleAndAllAsOften) {
  for (const NceNegatives negatives : kAllRules) {
    const InfoNceConfig config{.negatives = negatives, .drawn = 3};
    SCOPED_TRACE(write_config(config).dump());
    std::map<int64_t, int> counts;
    constexpr int kTries = 400;
    for (uint64_t seed = 0; seed < kTries; ++seed) {
      const std::set<int64_t> found = candidates_of(1, config, seed);
      EXPECT_TRUE(found.contains(7));  // its own: row 1, place 2
      // Three drawn beside it, or its own one among the three.
      EXPECT_TRUE(found.size() == 4 || found.size() == 3);
      for (const int64_t number : found) ++counts[number];
    }
    const bool own = negatives != NceNegatives::other_sequences,
               others = negatives != NceNegatives::same_sequence;
    const double pool = (own ? 5 : 0) + (others ? 15 : 0);
    for (int64_t number = 0; number < 20; ++number) {
      if (number == 7) continue;
      const bool belongs = number / 5 == 1 ? own : others;
      const double wanted = belongs ? kTries * 3 / pool : 0;
      EXPECT_NEAR(counts[number], wanted, belongs ? 5 * std::sqrt(wanted) : 0) << number;
    }
  }
}

TEST(InfoNce, DrawsForEachSequenceByItself) {
  const InfoNceConfig config{.drawn = 4};
  EXPECT_EQ(candidates_of(0, config, 5), candidates_of(0, config, 5));
  std::set<std::set<int64_t>> sets;
  for (const int64_t row : {0, 1, 2, 3}) sets.insert(candidates_of(row, config, 5));
  EXPECT_EQ(sets.size(), 4);
  // Of rows that processes share, each draws what it drew in the joint batch.
  const Tensor predictions = normal_numbers({6, 3, 2}, 1), targets = normal_numbers({6, 9, 2}, 2);
  const auto from = [&](int64_t first, int64_t end) {
    Rng rng = Rng(3).from_row(first);
    return info_nce(predictions.slice(0, first, end), targets.slice(0, first, end),
                    places({1, 5, 8}), {.negatives = NceNegatives::same_sequence, .drawn = 4}, rng)
        .total.item<double>();
  };
  EXPECT_NEAR(from(0, 6), (from(0, 2) * 2 + from(2, 6) * 4) / 6, 1e-12);
}

TEST(InfoNce, TakesAllNegativesWhereNoMoreAreThanAreAskedFor) {
  const Tensor predictions = normal_numbers({3, 2, 4}, 1), targets = normal_numbers({3, 5, 4}, 2);
  const std::map<NceNegatives, int64_t> pools{{NceNegatives::in_batch, 15},
                                              {NceNegatives::same_sequence, 5},
                                              {NceNegatives::other_sequences, 10}};
  for (const auto& [negatives, pool] : pools) {
    const double all = loss_of(predictions, targets, places({0, 4}), {.negatives = negatives})
                           .total.item<double>();
    for (const int64_t drawn : {pool, pool + 1, 2 * pool})
      EXPECT_EQ(
          loss_of(predictions, targets, places({0, 4}), {.negatives = negatives, .drawn = drawn})
              .total.item<double>(),
          all);
    EXPECT_NE(
        loss_of(predictions, targets, places({0, 4}), {.negatives = negatives, .drawn = pool - 2})
            .total.item<double>(),
        all);
  }
}

TEST(InfoNce, LosesNothingWhereThereIsNothingToTellApart) {
  const Tensor predictions = normal_numbers({1, 2, 3}, 1).set_requires_grad(true);
  const Tensor targets = normal_numbers({1, 4, 3}, 2);
  const Loss loss =
      loss_of(predictions, targets, places({0, 3}), {.negatives = NceNegatives::other_sequences});
  loss.total.backward();
  EXPECT_EQ(loss.total.item<double>(), 0);
  EXPECT_EQ(part(loss, 1), 1);
  EXPECT_EQ(predictions.grad().abs().max().item<double>(), 0);
  const Tensor zero = at::zeros({2, 3, 2}, at::kDouble).set_requires_grad(true);
  loss_of(zero, normal_numbers({2, 3, 2}, 1), places({0, 1, 2}), {.score = NceScore::cosine})
      .total.backward();
  EXPECT_TRUE(zero.grad().isfinite().all().item<bool>());
}

TEST(InfoNce, StaysFiniteForLargeScoresAndExactForSmallTypes) {
  const Tensor large =
      normal_numbers({2, 5, 3}, 1).mul_(1e3).to(at::kFloat).set_requires_grad(true);
  const Loss loss = loss_of(large, large, places({0, 1, 2, 3, 4}));
  loss.total.backward();
  EXPECT_TRUE(std::isfinite(loss.total.item<double>()));
  EXPECT_TRUE(large.grad().isfinite().all().item<bool>());
  const Tensor a = normal_numbers({2, 5, 3}, 1).to(at::kBFloat16),
               b = normal_numbers({2, 5, 3}, 2).to(at::kBFloat16);
  const Loss small = loss_of(a, b, places({0, 1, 2, 3, 4}));
  EXPECT_EQ(small.total.scalar_type(), at::kFloat);
  EXPECT_NEAR(
      small.total.item<double>(),
      loss_of(a.to(at::kDouble), b.to(at::kDouble), places({0, 1, 2, 3, 4})).total.item<double>(),
      1e-5);
}

TEST(InfoNce, RefusesShapesNumbersAndPlacesItCannotUse) {
  const Tensor x = normal_numbers({2, 3, 4}, 1);
  const auto refuses = [&](const Tensor& predictions, const Tensor& targets, const Tensor& positive,
                           const char* words) {
    EXPECT_NE(message_of<ShapeError>([&] { loss_of(predictions, targets, positive); }).find(words),
              std::string::npos)
        << words;
  };
  refuses(x[0], x[0], places({0, 1, 2}), "[3, 4]");
  refuses(x, x.slice(2, 1), places({0, 1, 2}), "[2, 3, 4] and [2, 3, 3]");
  refuses(x, x.slice(0, 1), places({0, 1, 2}), "the same N");
  refuses(x, x.slice(1, 3), places({0, 1, 2}), "none of them empty");
  refuses(x, x, places({0, 1}), "[3] or [2, 3], not [2]");
  refuses(x, x, at::zeros({3}), "int64");
  refuses(x, x, places({0, 1, 3}), "the 3 targets, 0 … 2, not 0 … 3");
  refuses(x, x, places({-1, 1, 2}), "not -1 … 2");
  EXPECT_THROW(loss_of(x, x, places({0, 1, 2}), {.temperature = 0}), ConfigError);
  EXPECT_THROW(loss_of(x, x, places({0, 1, 2}), {.drawn = -1}), ConfigError);
}

TEST(NearestAccuracy, IsTheShareWhoseOwnTargetIsNearest) {
  const Tensor targets = at::randn({3, 4, 2}, at::make_generator<at::CPUGeneratorImpl>(5));
  const Tensor seen =
      targets + 0.7 * at::randn({3, 4, 2}, at::make_generator<at::CPUGeneratorImpl>(6));
  const Tensor own = places({0, 1, 2, 3});
  for (const NceNegatives rule : kAllRules) {
    double hits = 0;
    for (int64_t row = 0; row < 3; ++row)
      for (int64_t q = 0; q < 4; ++q) {
        const auto distance = [&](int64_t other, int64_t place) {
          return (seen[row][q] - targets[other][place]).norm().item<double>();
        };
        bool nearest = true;
        for (int64_t other = 0; other < 3; ++other)
          for (int64_t place = 0; place < 4; ++place) {
            if (other == row && place == q) continue;
            if (other != row && rule == NceNegatives::same_sequence) continue;
            if (other == row && rule == NceNegatives::other_sequences) continue;
            nearest = nearest && distance(other, place) > distance(row, q);
          }
        hits += nearest ? 1 : 0;
      }
    Rng rng(1);
    const InfoNceConfig config{.negatives = rule, .score = NceScore::cosine};
    const Tensor found = nearest_accuracy(seen, targets, own, config, rng);
    EXPECT_NEAR(found.item<double>(), hits / 12, 1e-6) << enum_name(rule);
    EXPECT_GT(hits, 0);
    EXPECT_LT(hits, 12);
  }
}

}  // namespace
}  // namespace tacit
