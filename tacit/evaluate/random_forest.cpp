// SPDX-License-Identifier: Apache-2.0
#include "tacit/evaluate/random_forest.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/ml.hpp>
#include <utility>

#include "tacit/core/error.h"
#include "tacit/evaluate/labelled.h"

namespace tacit {
namespace {

/// OpenCV's generator and number of threads, set for as long as it lives.
class OpenCvState {
 public:
  explicit OpenCvState(uint64_t seed) : threads_(cv::getNumThreads()), generator_(cv::theRNG()) {
    cv::setNumThreads(1);
    cv::theRNG() = cv::RNG(seed);
  }
  ~OpenCvState() {
    cv::setNumThreads(threads_);
    cv::theRNG() = generator_;
  }
  OpenCvState(const OpenCvState&) = delete;
  OpenCvState& operator=(const OpenCvState&) = delete;

 private:
  int threads_;
  cv::RNG generator_;
};

cv::Mat view(const Tensor& x, int type) {
  return {static_cast<int>(x.size(0)), static_cast<int>(x.size(1)), type, x.data_ptr()};
}

constexpr double kPure = 1e-4;  // deviations of the target within which a node is not split

/// A config in OpenCV's terms, for rows with this many features, of which `usual` are drawn unless
/// it says how many.
cv::Ptr<cv::ml::RTrees> make_trees(const RandomForestConfig& config, int64_t features,
                                   int64_t usual) {
  const cv::Ptr<cv::ml::RTrees> trees = cv::ml::RTrees::create();
  const int64_t drawn =
      config.features_per_split > 0 ? std::min(config.features_per_split, features) : usual;
  trees->setRegressionAccuracy(kPure);
  trees->setMaxDepth(static_cast<int>(config.max_depth));
  // OpenCV splits nodes that have more rows than this number.
  trees->setMinSampleCount(static_cast<int>(config.min_split_rows - 1));
  trees->setActiveVarCount(static_cast<int>(drawn));
  trees->setTermCriteria({cv::TermCriteria::MAX_ITER, static_cast<int>(config.trees), 0});
  return trees;
}

}  // namespace

struct RandomForest::Trees {
  Tensor mean, scale;                            ///< [F] double
  cv::Ptr<cv::ml::RTrees> forest;                ///< empty when there was one class
  int64_t only_class = 0;                        ///< the class there was, without a forest
  double target_mean = 0, target_deviation = 1;  ///< of numbers, in whose deviations it answers

  /// Remembers mean and deviation of the features.
  explicit Trees(const Tensor& x) {
    const Tensor wide = x.to(at::kCPU, at::kDouble);           // [N, F]
    const Tensor deviation = wide.std(0, /*unbiased=*/false);  // [F]
    mean = wide.mean(0);
    scale = at::where(deviation.gt(0), deviation, deviation + 1);
  }

  /// OpenCV takes values closer than 2.4e-7 for equal, so features are brought to deviation 1;
  /// trees do not depend on it otherwise. x: [N, F] -> [N, F] float32, contiguous.
  Tensor scaled(const Tensor& x) const {
    return ((x.to(at::kCPU, at::kDouble) - mean) / scale).to(at::kFloat).contiguous();
  }

  /// Grows the forest. `answers`: [N, 1] of classes, or of numbers, as `kind` says.
  void grow(const Tensor& x, const cv::Mat& answers, cv::ml::VariableTypes kind, int64_t usual,
            const RandomForestConfig& config, Rng& rng) {
    const Tensor samples = scaled(x);  // [N, F]
    cv::Mat kinds(static_cast<int>(x.size(1)) + 1, 1, CV_8U, cv::Scalar(cv::ml::VAR_ORDERED));
    kinds.at<uchar>(static_cast<int>(x.size(1))) = static_cast<uchar>(kind);
    const auto data = cv::ml::TrainData::create(view(samples, CV_32F), cv::ml::ROW_SAMPLE, answers,
                                                cv::noArray(), cv::noArray(), cv::noArray(), kinds);
    const OpenCvState state(rng.bits());
    forest = make_trees(config, x.size(1), usual);
    forest->train(data);
  }

  void require_width(const Tensor& x) const {
    require<ShapeError>(x.dim() == 2 && x.size(1) == mean.size(0),
                        "the forest takes [N, {}] but x is {}", mean.size(0), x.sizes());
  }

  /// What the forest says of each row, [N] float32.
  Tensor answer(const Tensor& x) const {
    const Tensor samples = scaled(x);                     // [N, F]
    Tensor said = at::empty({x.size(0), 1}, at::kFloat);  // [N, 1]
    if (x.size(0) > 0) {
      cv::Mat out = view(said, CV_32F);
      forest->predict(view(samples, CV_32F), out);
    }
    return said.select(1, 0);
  }
};

RandomForest::RandomForest(std::unique_ptr<Trees> trees) : trees_(std::move(trees)) {}
RandomForest::RandomForest(RandomForest&&) noexcept = default;
RandomForest& RandomForest::operator=(RandomForest&&) noexcept = default;
RandomForest::~RandomForest() = default;

RandomForest RandomForest::fit(const Tensor& x, const Tensor& y, const RandomForestConfig& config,
                               Rng rng) {
  require_labelled(x, y, std::numeric_limits<int32_t>::max(), "a random forest");
  auto trees = std::make_unique<Trees>(x);
  trees->only_class = y.select(0, 0).item<int64_t>();
  if (y.eq(trees->only_class).all().item<bool>()) return RandomForest(std::move(trees));
  const Tensor answers = y.to(at::kCPU, at::kInt).contiguous().unsqueeze(1);  // [N, 1]
  const auto usual = static_cast<int64_t>(std::sqrt(static_cast<double>(x.size(1))));
  trees->grow(x, view(answers, CV_32S), cv::ml::VAR_CATEGORICAL, usual, config, rng);
  return RandomForest(std::move(trees));
}

RandomForest RandomForest::fit_numbers(const Tensor& x, const Tensor& y,
                                       const RandomForestConfig& config, Rng rng) {
  require_numbers(x, y, "a random forest");
  auto trees = std::make_unique<Trees>(x);
  const Tensor wide = y.to(at::kCPU, at::kDouble);  // [N]
  trees->target_mean = wide.mean().item<double>();
  trees->target_deviation = wide.std(/*unbiased=*/false).item<double>();
  if (!(trees->target_deviation > 0)) return RandomForest(std::move(trees));
  const Tensor answers = ((wide - trees->target_mean) / trees->target_deviation)
                             .to(at::kFloat)
                             .contiguous()
                             .unsqueeze(1);  // [N, 1]
  // Breiman 2001, section 11: more features at a time than for classes.
  const int64_t usual = std::max<int64_t>(1, x.size(1) / 3);
  trees->grow(x, view(answers, CV_32F), cv::ml::VAR_ORDERED, usual, config, rng);
  return RandomForest(std::move(trees));
}

Tensor RandomForest::numbers(const Tensor& x) const {
  trees_->require_width(x);
  if (!trees_->forest) return at::full({x.size(0)}, trees_->target_mean, at::kFloat);
  return trees_->answer(x) * trees_->target_deviation + trees_->target_mean;
}

Tensor RandomForest::predict(const Tensor& x) const {
  trees_->require_width(x);
  if (!trees_->forest) return at::full({x.size(0)}, trees_->only_class, at::kLong);
  return trees_->answer(x).to(at::kLong);
}

Tensor RandomForest::probabilities(const Tensor& x, int64_t classes) const {
  trees_->require_width(x);
  Tensor share = at::zeros({x.size(0), classes}, at::kFloat);
  const auto column_of = [&](int64_t label) {
    require<ShapeError>(label < classes, "the forest knows class {}, outside 0 … {}", label,
                        classes - 1);
    return share.select(1, label);
  };
  if (!trees_->forest) {
    column_of(trees_->only_class).fill_(1);
    return share;
  }
  if (x.size(0) == 0) return share;
  const Tensor samples = trees_->scaled(x);  // [N, F]
  cv::Mat votes;                             // the classes' numbers, then a line a row
  trees_->forest->getVotes(view(samples, CV_32F), votes, 0);
  const Tensor table =
      at::from_blob(votes.data, {votes.rows, votes.cols}, at::kInt).to(at::kFloat);  // [N + 1, P]
  const Tensor counts = table.narrow(0, 1, x.size(0));
  const Tensor shares = counts / counts.sum(1, /*keepdim=*/true);
  for (int64_t place = 0; place < votes.cols; ++place)
    column_of(votes.at<int>(0, static_cast<int>(place))).copy_(shares.select(1, place));
  return share;
}

}  // namespace tacit
