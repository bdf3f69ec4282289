// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {

/// From which targets a prediction must tell its own.
enum class NceNegatives {
  in_batch,         ///< all others: of its own sequence and of the other sequences
  same_sequence,    ///< the others of its own sequence
  other_sequences,  ///< those of the other sequences
};
inline std::vector<std::string> names(NceNegatives) {
  return {"in_batch", "same_sequence", "other_sequences"};
}

/// How well a prediction goes with a target.
enum class NceScore {
  dot,     ///< their inner product
  mean,    ///< the mean over numbers of their product: the inner product over the width
  cosine,  ///< the cosine of their angle, over the temperature
};
inline std::vector<std::string> names(NceScore) { return {"dot", "mean", "cosine"}; }

struct InfoNceConfig {
  NceNegatives negatives = NceNegatives::in_batch;
  int64_t drawn = 0;  ///< how many of these, drawn at random for each sequence; 0: all
  NceScore score = NceScore::dot;
  double temperature = 0.1;  ///< of cosines
};
template <class Visitor>
void describe(Visitor& visit, InfoNceConfig& config) {
  visit("negatives", config.negatives,
        "from which targets a prediction must tell its own: all others of the batch, those of its "
        "own row, or those of the other rows");
  visit("drawn", config.drawn, "how many of these, drawn anew for each row; 0: all",
        between(0, 100'000));
  visit("score", config.score,
        "of a prediction and a target: inner product, this over the width, or cosine");
  visit("temperature", config.temperature, "by which cosines are divided", between(0.001, 100));
}

/// InfoNCE: van den Oord, Li & Vinyals 2018, "Representation Learning with Contrastive Predictive
/// Coding", arXiv:1807.03748, equation 4. Each prediction must pick out its own target, its
/// positive, among that and its negatives: the cross-entropy of a softmax over their scores, the
/// mean over all predictions. log(candidates) less this loss is, on average, at most what a
/// prediction tells of its target (equation 5).
///
/// predictions: [N, Q, D]; targets: [N, M, D], of N sequences that may be the frames of signals,
/// the patches of images or the places of clips; positive: int64 on the CPU, [Q] for all sequences
/// or [N, Q], which of its sequence's M targets is a prediction's own.
///
/// Negatives are those of this process, the mean is over its predictions. With drawn > 0 each
/// sequence draws that many different targets from its own stream of `rng`, for all its
/// predictions; one that is a prediction's own positive does not count against it. A prediction
/// without negatives costs 0.
///
/// Parts: "nce/accuracy", the share of predictions that none of their negatives goes with as well
/// as their positive, and "nce/chance", the mean of 1 / candidates, what blind guesses would reach.
///
/// Scores are held for some predictions at a time, and the gradient, formed on the way, needs the
/// memory of predictions and targets alone; it has none of its own. Throws ShapeError unless shapes
/// fit, each dimension is 1 or more and positives lie in 0 … M - 1; ConfigError unless
/// temperature > 0 and drawn >= 0.
Loss info_nce(const Tensor& predictions, const Tensor& targets, const Tensor& positive,
              const InfoNceConfig& config, Rng& rng);

/// What taking the nearest candidate for one's own would reach: a check whether something as plain
/// as mean colours tells targets apart as well as predictions do. The accuracy, a number without
/// gradient, of info_nce() among the same candidates, where `seen` [N, Q, F] goes best with the
/// target [N, M, F] at the smallest distance.
Tensor nearest_accuracy(const Tensor& seen, const Tensor& targets, const Tensor& positive,
                        const InfoNceConfig& config, Rng& rng);

}  // namespace tacit
