// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tacit/core/config.h"
#include "tacit/evaluate/inception_score.h"
#include "tacit/evaluate/kernel_distance.h"
#include "tacit/evaluate/manifold.h"
#include "tacit/run/folder.h"

namespace tacit {

/// How generated images lie beside real ones in the features of one extractor.
struct GanScores {
  int64_t real = 0, generated = 0;  ///< images of each kind
  int64_t features = 0;             ///< D
  double frechet = 0;               ///< frechet_distance(): FID, in its features
  KernelDistance kernel{};          ///< of ten subsets: KID, in FID's features
  ManifoldScores manifold{};        ///< precision and recall of the 3rd neighbour, density
                                    ///< and coverage of the 5th, as their authors have it
  std::optional<InceptionScore> inception{};  ///< of ten parts; none without probabilities
};
void to_json(Json&, const GanScores&);

/// All that is measured of generated images; `rng` draws KernelDistance's subsets.
/// real: [N, D], generated: [M, D] features; probabilities: [M, K] of classes, of the generated
/// images, in an order that means nothing. Throws ConfigError unless N and M are 20 or more, and
/// like the metrics in tacit/evaluate.
GanScores score_images(const Tensor& real, const Tensor& generated,
                       const std::optional<Tensor>& probabilities = {}, const Rng& rng = Rng(0));

/// The scale of pixels in an ONNX file's input.
enum class PixelScale {
  centred,  ///< -1 … 1
  unit,     ///< 0 … 1
  bytes     ///< 0 … 255
};
inline std::vector<std::string> names(PixelScale) { return {"centred", "unit", "bytes"}; }

/// What a generator is measured by: one of `inception` and `extractor`.
struct EvaluateRequest {
  int64_t count = 0;  ///< generated images; 0: as many as there are real ones, at most 10,000
  uint64_t seed = 1;
  std::string inception{};  ///< an ONNX file of Inception-v3
  std::string features = "0";
  std::string logits{};
  PixelScale pixels = PixelScale::centred;
  std::string extractor{};  ///< the folder of another run on images
};
template <class Visitor>
void describe(Visitor& visit, EvaluateRequest& request) {
  visit("count", request.count,
        "generated pictures, 20 or more; 0: as many as there are real ones, at most 10000",
        between(0, 100'000));
  visit("seed", request.seed, "from which every random draw follows", at_least(0));
  visit("inception", request.inception,
        "an ONNX file that takes pictures and gives the 2048 pooled features of Inception-v3");
  visit("features", request.features, "its output of features: a name, or a number from 0 on");
  visit("logits", request.logits,
        "its output of logits or probabilities, for the inception score; \"\": the second, if any");
  visit("pixels", request.pixels,
        "the scale of pixels that it takes: -1 … 1 (centred), 0 … 1 (unit) or 0 … 255 (bytes)");
  visit("extractor", request.extractor,
        "instead, the folder of another run on pictures of this size: its fine-tuned encoder, or "
        "else the pre-trained one");
}

/// What a metric is called in an entry of evaluation.json: by its name alone where features are
/// 2048 of an ONNX file, so Inception-v3's, and "FID(NAME)" where another extractor gives them.
std::string metric_name(const std::string& metric, const Json& entry);

/// `tacit evaluate`: score_images() of `count` pictures of a run's generator, each class in turn,
/// and as many real ones, where there are: of its data's test part ("test"), or of all other data
/// ("new") that overrides of data.* name.
///
/// Features are those of an ONNX file, run by ONNX Runtime on pictures brought to the size of its
/// input (299 pixels where it takes any), bilinear; or of another run. The inception score needs
/// logits, or the other run's fine-tuned head.
///
/// Adds what is measured to the run's evaluation.json, by the metric_name() of "FID"
/// (docs/formats/run_folder.md), and returns it as a table for a terminal. Throws as load_gan;
/// ConfigError for what was asked, another split of the same data, and the run's own discriminator,
/// whose judgement the generator was trained on; DataError for a file that is no ONNX file of
/// pictures; ShapeError when pictures do not fit; StateError without ONNX Runtime or the other
/// run's model.
std::string run_evaluate(const std::filesystem::path& run, const EvaluateRequest& request,
                         const std::vector<std::string>& overrides, const Caller& caller);

}  // namespace tacit
