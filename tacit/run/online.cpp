// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/online.h"

#include <ATen/TensorOperators.h>

#include "tacit/evaluate/features.h"
#include "tacit/evaluate/metrics.h"

namespace tacit {
namespace {

constexpr int64_t kReadRows = 256;  // rows held at once while features are computed

/// Labelled rows of a part: rows of the data set and their classes.
struct Labelled {
  std::vector<int64_t> rows;
  Tensor y;  // [N]

  Labelled(const Prepared& prepared, const std::vector<int64_t>& part, const LabelCount& count,
           const Rng& rng) {
    for (const int64_t position : draw_labels(labels_of(*prepared.examples, part), count, rng).rows)
      rows.push_back(part[static_cast<size_t>(position)]);
    y = labels_of(*prepared.examples, rows);
  }
  bool several_classes() const { return y.numel() > 0 && (y != y[0]).any().item<bool>(); }
};

Tensor features(Encoder& encoder, const Fold& fold, const Labelled& part) {
  return extract(encoder, Subset(fold.rows, part.rows), kReadRows).x;
}

}  // namespace

Observer watch_quality(const OnlineConfig& config, const LinearProbeConfig& linear,
                       const KnnConfig& knn, const Prepared& prepared, const Fold& fold,
                       const Rng& rng) {
  require<ConfigError>(prepared.examples->target() == Target::category,
                       "online.probes score classes, but data.target makes the labels "
                       "numbers; set online.probes = []");
  const Labelled fitted(prepared, fold.split.train, config.labels_per_class, rng);
  const Labelled scored(prepared, fold.split.validation, {.all = true}, rng);
  require<ConfigError>(
      fitted.several_classes() && scored.several_classes(),
      "online.probes needs labelled rows of two classes or more in the training and "
      "in the validation part; check data.label and data.split.validation, or set "
      "online.probes = []");
  const auto classes = static_cast<int64_t>(prepared.classes().size());
  return [=, &fold](EpochEnd& end) {
    const Tensor x = features(end.method.encoder(), fold, fitted);
    const Tensor test = features(end.method.encoder(), fold, scored);
    for (const Online probe : config.probes) {
      const Tensor told =
          probe == Online::knn
              ? knn_predict(x, fitted.y, test, classes, knn)
              : fit_linear_probe(x, fitted.y, classes, linear).classifier.predict(test);
      end.quantities["online/" + enum_name(probe) + "_f1"] =
          scores(confusion_matrix(scored.y, told, classes)).weighted_f1;
    }
  };
}

}  // namespace tacit
