// SPDX-License-Identifier: Apache-2.0
#include "tacit/losses/info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>
#include <unordered_set>

#include "tacit/core/error.h"

namespace tacit {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kScoresOnCpu = int64_t{1} << 21;  // at a time, about what its caches hold
constexpr int64_t kScoresOnGpu = int64_t{1} << 25;  // enough to keep it busy
constexpr double kShortest = 1e-12;  // a vector of length 0 has no direction; it stays 0

/// Predictions in G groups, each with candidates of its own, or all with the same.
struct Contest {
  Tensor predictions;  // [G, Q, D]
  Tensor positives;    // [G, Q, D]
  Tensor candidates;   // [G, K, D], or [1, K, D] for all groups
  Tensor bar;          // [G, Q] int64; a candidate is no negative of a prediction ...
  Tensor label;        // [G, K] or [1, K] int64; ... whose bar is its label
};

/// What a contest gives, added up over blocks of its groups: no score outlives its block.
struct Outcome {
  Tensor cost, hits, chance;                        // [], sums over predictions
  Tensor predictions{}, positives{}, candidates{};  // gradients of it; undefined: not wanted
};

/// Adds what the groups first … first + count - 1 give.
void add(const Contest& of, int64_t first, int64_t count, Outcome& to) {
  const bool shared = of.candidates.size(0) == 1;
  const auto block = [&](const Tensor& x) { return x.narrow(0, first, count); };
  const Tensor predictions = block(of.predictions), positives = block(of.positives);
  const Tensor candidates = shared ? of.candidates[0] : block(of.candidates);
  const Tensor label = shared ? of.label : block(of.label);
  const Tensor barred = block(of.bar).unsqueeze(2) == label.unsqueeze(1);  // [g, Q, K]
  const Tensor right = (predictions * positives).sum(2);                   // [g, Q]
  const Tensor scores = at::matmul(predictions, candidates.transpose(-2, -1))
                            .to(right.scalar_type())
                            .masked_fill_(barred, -std::numeric_limits<double>::infinity());
  const Tensor best = scores.amax(2), top = at::maximum(best, right);  // [g, Q]
  to.hits += (right > best).sum();
  to.chance += (scores.size(2) + 1 - barred.sum(2)).to(right.scalar_type()).reciprocal().sum();

  const Tensor weight = (right - top).exp();                    // [g, Q]
  const Tensor weights = scores.sub_(top.unsqueeze(2)).exp_();  // [g, Q, K]
  const Tensor sum = weights.sum(2) + weight;                   // what the softmax divides by
  to.cost += (sum.log() + top - right).sum();
  if (!to.candidates.defined()) return;
  weights.div_(sum.unsqueeze(2));
  const Tensor missing = (weight / sum - 1).unsqueeze(2);  // [g, Q, 1]
  block(to.positives).copy_(predictions * missing);
  block(to.predictions).copy_(positives * missing).add_(at::matmul(weights, candidates));
  if (shared)
    to.candidates[0].add_(at::matmul(weights.flatten(0, 1).t(), predictions.flatten(0, 1)));
  else
    block(to.candidates).copy_(at::matmul(weights.transpose(1, 2), predictions));
}

/// The mean cost, the share of predictions that find their positive, and that of blind guesses;
/// [] each.
class Contrast : public torch::autograd::Function<Contrast> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& predictions,
                               const Tensor& positives, const Tensor& candidates, const Tensor& bar,
                               const Tensor& label, bool needs_gradient) {
    const Contest contest{predictions, positives, candidates, bar, label};
    const Tensor none = at::zeros({}, predictions.options());
    Outcome all{.cost = none.clone(), .hits = none.clone(), .chance = none.clone()};
    if (needs_gradient) {
      all.predictions = at::empty_like(predictions);
      all.positives = at::empty_like(positives);
      all.candidates = at::zeros_like(candidates);
    }
    const int64_t groups = predictions.size(0);
    const int64_t scores = predictions.size(1) * candidates.size(1);  // of a group
    const int64_t block =
        std::max<int64_t>(1, (predictions.is_cpu() ? kScoresOnCpu : kScoresOnGpu) / scores);
    for (int64_t first = 0; first < groups; first += block)
      add(contest, first, std::min(block, groups - first), all);
    const double count = static_cast<double>(bar.numel());
    if (needs_gradient)
      context->save_for_backward(
          {all.predictions.div_(count), all.positives.div_(count), all.candidates.div_(count)});
    variable_list found{all.cost / count, all.hits / count, all.chance / count};
    context->mark_non_differentiable({found[1], found[2]});
    return found;
  }
  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    variable_list found;
    for (const Tensor& each : context->get_saved_variables()) found.push_back(each * gradients[0]);
    found.resize(6);  // none of bar, label and needs_gradient
    return found;
  }
};

/// How many targets a sequence's negatives are drawn from.
int64_t pool_size(NceNegatives negatives, int64_t sequences, int64_t places) {
  switch (negatives) {
    case NceNegatives::in_batch: return sequences * places;
    case NceNegatives::same_sequence: return places;
    case NceNegatives::other_sequences: return (sequences - 1) * places;
  }
  throw ConfigError("unknown negatives");
}

/// [N, drawn] int64: of each sequence's pool that many targets, none twice, as they are numbered
/// over all sequences. Floyd's algorithm: Bentley & Floyd 1987, "A sample of brilliance".
Tensor draw(NceNegatives negatives, int64_t drawn, int64_t sequences, int64_t places, Rng& rng) {
  const int64_t pool = pool_size(negatives, sequences, places);
  const Tensor numbers = at::empty({sequences, drawn}, at::kLong);
  int64_t* out = numbers.mutable_data_ptr<int64_t>();
  const Rng base = rng.split();
  for (int64_t row = 0; row < sequences; ++row) {
    Rng stream = base.row(row);
    std::unordered_set<int64_t> taken;
    for (int64_t last = pool - drawn; last < pool; ++last) {
      int64_t number = stream.below(last + 1);
      if (!taken.insert(number).second) taken.insert(number = last);
      const bool skips = negatives == NceNegatives::other_sequences && number >= row * places;
      const int64_t before = negatives == NceNegatives::same_sequence ? row * places : 0;
      *out++ = before + number + (skips ? places : 0);
    }
  }
  return numbers;
}

/// All candidates for each prediction, which is then a group of its own.
Contest shared(const Contest& contest) {
  const auto alone = [](const Tensor& x) { return x.flatten(0, 1).unsqueeze(1); };
  return {.predictions = alone(contest.predictions),
          .positives = alone(contest.positives),
          .candidates = contest.candidates.flatten(0, 1).unsqueeze(0),
          .bar = alone(contest.bar),
          .label = contest.label.flatten().unsqueeze(0)};
}

/// Throws ShapeError or ConfigError, as info_nce() says.
void require_fit(const Tensor& predictions, const Tensor& targets, const Tensor& positive,
                 const InfoNceConfig& config) {
  require<ShapeError>(
      predictions.dim() == 3 && targets.dim() == 3 && predictions.size(0) == targets.size(0) &&
          predictions.size(2) == targets.size(2) && predictions.numel() > 0 && targets.numel() > 0,
      "info_nce: predictions [N, Q, D] and targets [N, M, D] must be of the same N sequences and "
      "one width, none of them empty, not {} and {}",
      predictions.sizes(), targets.sizes());
  const int64_t asked = predictions.size(1);
  require<ShapeError>(positive.scalar_type() == at::kLong && positive.device().is_cpu() &&
                          (positive.sizes() == at::IntArrayRef{asked} ||
                           positive.sizes() == at::IntArrayRef{predictions.size(0), asked}),
                      "info_nce: positive must be int64 on the CPU, [{}] or [{}, {}], not {}",
                      asked, predictions.size(0), asked, positive.sizes());
  require<ShapeError>(
      positive.min().item<int64_t>() >= 0 && positive.max().item<int64_t>() < targets.size(1),
      "info_nce: positives must be numbers of the {} targets, 0 … {}, not {} … {}", targets.size(1),
      targets.size(1) - 1, positive.min().item<int64_t>(), positive.max().item<int64_t>());
  require<ConfigError>(config.temperature > 0, "info_nce: the temperature must be > 0, not {}",
                       config.temperature);
  require<ConfigError>(config.drawn >= 0, "info_nce: drawn must be >= 0, not {}", config.drawn);
}

/// Vectors whose inner product with the others, scaled, is the score.
Tensor scaled(const Tensor& x, const InfoNceConfig& config) {
  const Tensor exact = x.to(c10::promoteTypes(x.scalar_type(), at::kFloat));
  if (config.score != NceScore::cosine) return exact;
  return exact / exact.norm(2, {2}, /*keepdim=*/true).clamp_min(kShortest);
}

double factor(const InfoNceConfig& config, int64_t width) {
  switch (config.score) {
    case NceScore::dot: return 1;
    case NceScore::mean: return 1 / static_cast<double>(width);
    case NceScore::cosine: return 1 / config.temperature;
  }
  throw ConfigError("unknown score");
}

}  // namespace

Loss info_nce(const Tensor& predictions, const Tensor& targets, const Tensor& positive,
              const InfoNceConfig& config, Rng& rng) {
  require_fit(predictions, targets, positive, config);
  const int64_t sequences = targets.size(0), places = targets.size(1), width = targets.size(2);
  const Tensor sequence = at::arange(sequences, at::kLong).unsqueeze(1);  // [N, 1]
  const Tensor own = sequence * places + positive;                        // [N, Q]
  const Tensor keys = scaled(targets, config).flatten(0, 1);              // [N M, D]
  const auto pick = [&](const Tensor& numbers) {                          // [N, L] -> [N, L, D]
    return keys.index_select(0, numbers.flatten().to(keys.device()))
        .view({sequences, numbers.size(1), width});
  };
  Contest contest{.predictions = scaled(predictions, config) * factor(config, width),
                  .positives = pick(own),
                  .candidates = keys.view_as(targets),
                  .bar = own,
                  .label = at::arange(sequences * places, at::kLong).view({sequences, places})};
  if (config.drawn > 0 && config.drawn < pool_size(config.negatives, sequences, places)) {
    contest.label = draw(config.negatives, config.drawn, sequences, places, rng);
    contest.candidates = pick(contest.label);
  } else if (config.negatives != NceNegatives::same_sequence) {
    contest = shared(contest);
  }
  if (config.negatives == NceNegatives::other_sequences) {
    contest.bar = contest.bar.floor_divide(places);
    contest.label = contest.label.floor_divide(places);
  }
  const bool needs_gradient =
      at::GradMode::is_enabled() && (predictions.requires_grad() || targets.requires_grad());
  const variable_list found = Contrast::apply(contest.predictions, contest.positives,
                                              contest.candidates, contest.bar.to(keys.device()),
                                              contest.label.to(keys.device()), needs_gradient);
  return {found[0], {{"nce/accuracy", found[1]}, {"nce/chance", found[2]}}};
}

Tensor nearest_accuracy(const Tensor& seen, const Tensor& targets, const Tensor& positive,
                        const InfoNceConfig& config, Rng& rng) {
  const at::NoGradGuard no_grad;
  InfoNceConfig by_distance = config;
  by_distance.score = NceScore::dot;  // 2 a·b - |b|² is |a|² - |a - b|² and ranks as distances do
  const Tensor ones = at::ones_like(seen.narrow(2, 0, 1));
  const Tensor squares = targets.square().sum(2, /*keepdim=*/true);
  return info_nce(at::cat({2 * seen, -ones}, 2), at::cat({targets, squares}, 2), positive,
                  by_distance, rng)
      .parts[0]
      .second;
}

}  // namespace tacit
