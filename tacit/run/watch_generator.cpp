// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/watch_generator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

#include "tacit/artifact/head.h"
#include "tacit/nn/spectral_norm.h"
#include "tacit/report/png.h"
#include "tacit/run/evaluate.h"
#include "tacit/run/generate.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBatch = 256;          // pictures that an encoder sees at once
constexpr int64_t kFewestPictures = 20;  // that can be scored
constexpr int64_t kGap = 2;              // pixels between pictures of a grid
constexpr int64_t kMostClassColumns = 20;
constexpr double kLeastDiversity = 0.2;  // less is taken for mode collapse

using Quantities = std::map<std::string, double>;

/// All parts of a module in eval mode for as long as it lives, and then each as it was.
class EvalMode {
 public:
  explicit EvalMode(torch::nn::Module& module)
      : module_(module), was_training_(module.is_training()) {
    for (const auto& part : module.modules(/*include_self=*/false))
      parts_.emplace_back(part, part->is_training());
    module.eval();
  }
  ~EvalMode() {
    module_.train(was_training_);
    for (const auto& [part, was_training] : parts_) part->train(was_training);  // parents first
  }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  torch::nn::Module& module_;
  bool was_training_;
  std::vector<std::pair<std::shared_ptr<torch::nn::Module>, bool>> parts_;
};

/// At most so many of the rows, spread evenly.
std::vector<int64_t> some_of(const std::vector<int64_t>& rows, int64_t most) {
  const auto size = static_cast<int64_t>(rows.size()), count = std::min(size, most);
  std::vector<int64_t> chosen;
  for (int64_t i = 0; i < count; ++i) chosen.push_back(rows[static_cast<size_t>(i * size / count)]);
  return chosen;
}

/// [N, C, H, W] uint8, as they were read.
Tensor pixels_of(const Examples& examples, const std::vector<int64_t>& rows) {
  return examples.read(rows).x.to(at::kByte);
}

/// An encoder in eval mode, on the device of its weights, of pixels [N, C, H, W] uint8 ->
/// [N, D] float32 on the CPU.
Tensor features_of(Encoder& encoder, const Preprocessing& preprocessing, const Tensor& pixels) {
  const c10::AutoGradMode no_grad(false);
  const c10::Device device = encoder.parameters().front().device();
  std::vector<Tensor> parts;
  for (const Tensor& some : pixels.split(kBatch)) {
    const Tensor x = encode(preprocessing, some.to(at::kFloat)).to(device);
    parts.push_back(encoder.forward(x).to(at::kCPU));
  }
  return at::cat(parts);
}

double spread(const Tensor& features) { return features.std(0).mean().item<double>(); }

/// The encoder of a finished run that takes such pictures.
Artifact extractor_of(const fs::path& run, const Spec& pictures) {
  read_run(run);  // refuses a folder that holds no run
  Artifact artifact = fs::exists(head_file(run / "finetuned")) ? load_finetuned(run).artifact
                                                               : Artifact::load(run / "artifact");
  require_compatible(artifact.spec, pictures);
  return artifact;
}

/// The largest singular value of weights that are used divided by theirs; nothing without any.
std::optional<double> largest_sigma(const torch::nn::Module& module) {
  std::vector<Tensor> found;
  for (const auto& part : module.modules(/*include_self=*/false))
    if (const auto* weight = dynamic_cast<const SpectralWeight*>(part.get()))
      found.push_back(weight->sigma());
  if (found.empty()) return std::nullopt;
  return at::stack(found).max().item<double>();
}

/// What a look added, from the line of that epoch in metrics.jsonl; empty without one.
Quantities recorded(const WatchedTraining& training, int64_t epoch) {
  const fs::path file = training.folder / "metrics.jsonl";
  if (epoch < 0 || !fs::exists(file)) return {};
  Quantities found;
  std::istringstream lines(read_file(file));
  for (std::string written; std::getline(lines, written);) {
    const Json line = Json::parse(written, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object() || line.value("stage", "") != training.stage ||
        line.value("epoch", int64_t{-1}) != epoch)
      continue;
    for (const char* name : {"/generator/diversity", "/generator/fid", "/generator/kid",
                             "/generator/precision", "/generator/recall", "/discriminator/sigma"})
      if (const Json::json_pointer place(name); line.contains(place))
        found[name + 1] = line[place].is_number() ? line[place].get<double>()
                                                  : std::numeric_limits<double>::quiet_NaN();
  }
  return found;
}

std::string file_name(int64_t epoch) {
  std::string digits = std::to_string(epoch + 1);
  digits.insert(0, 4 - std::min<size_t>(4, digits.size()), '0');
  return digits + ".png";
}

class GeneratorWatch {
 public:
  GeneratorWatch(const GeneratorConfig& config, const WatchedTraining& training, const Rng& rng,
                 const Caller& caller, ShowGrid show)
      : config_(config), training_(training), rng_(rng), caller_(caller), show_(std::move(show)) {
    const Examples& examples = *training.prepared.examples;
    const Split& split = training.fold.split;
    real_ = pixels_of(
        examples,
        some_of(split.validation.size() > 1 ? split.validation : split.train, config.samples));
    if (config.extractor.empty()) return;
    const std::vector<int64_t> rows = some_of(split.validation, config.scored);
    require<ConfigError>(static_cast<int64_t>(rows.size()) >= kFewestPictures,
                         "generator.extractor measures made pictures by real ones of the "
                         "validation part, which has {} and needs {}; raise "
                         "data.split.validation, or leave generator.extractor empty",
                         rows.size(), kFewestPictures);
    extractor_ = extractor_of(config.extractor, examples.spec());
    scored_ = pixels_of(examples, rows);
  }

  void see(EpochEnd& end) {
    if (last_.empty()) last_ = recorded(training_, end.epoch - 1);
    const int64_t epoch = end.epoch + 1;
    if (last_.empty() || epoch % config_.every == 0 || epoch == training_.epochs) look(end);
    for (const auto& [name, value] : last_) end.quantities[name] = value;
  }

 private:
  void look(const EpochEnd& end) {
    const EvalMode eval(end.method);
    last_.clear();
    const Tensor made = draw(*end.method.generator());
    const Tensor grid_pictures = made.slice(0, 0, config_.samples);
    write(end.epoch, grid_pictures);
    add_diversity(end, grid_pictures);
    if (const auto sigma = largest_sigma(end.method)) last_["discriminator/sigma"] = *sigma;
    if (extractor_) add_scores(end, made.slice(0, 0, scored_.size(0)));
  }

  /// Pictures of the grid and those that are scored: of one noise, the grid's first.
  Tensor draw(const GanGenerator& generator) {
    const bool is_told = generator.config().normalization == GeneratorNormalization::conditional;
    const std::vector<std::string> classes =
        is_told ? training_.prepared.classes() : std::vector<std::string>{};
    columns_ = static_cast<int64_t>(classes.size());
    if (classes.empty() || columns_ > std::min(config_.samples, kMostClassColumns))
      columns_ = static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(config_.samples))));
    const int64_t count = std::max(config_.samples, extractor_ ? scored_.size(0) : 0);
    return draw_images(generator,
                       draw_noise(count, generator.noise(), /*truncation=*/0, rng_.stream("noise")),
                       classes_in_turn({{}, generator.config(), classes}, count));
  }

  void write(int64_t epoch, const Tensor& pictures) const {
    const Tensor grid = image_grid(pictures, columns_, kGap);
    const std::string png = encode_png(grid);
    create_folder(training_.pictures);
    write_file(training_.pictures / file_name(epoch), {png});
    if (show_) show_(epoch, png, grid.size(1), grid.size(2));
  }

  void add_diversity(const EpochEnd& end, const Tensor& pictures) {
    Encoder& discriminator = end.method.encoder();
    const Preprocessing& preprocessing = training_.fold.preprocessing;
    const double diversity = spread(features_of(discriminator, preprocessing, pictures)) /
                             spread(features_of(discriminator, preprocessing, real_));
    last_["generator/diversity"] = diversity;
    if (!(diversity < kLeastDiversity) || warned_) return;
    warned_ = true;
    caller_.tell(
        text("warning: the generator makes hardly different pictures (mode collapse): after epoch "
             "{} their features vary {} times as much as those of real ones",
             end.epoch + 1, std::round(diversity * 1000) / 1000));
  }

  void add_scores(const EpochEnd& end, const Tensor& made) {
    Encoder& encoder = *extractor_->encoder;
    encoder.to(end.method.encoder().parameters().front().device());
    if (!scored_features_.defined())
      scored_features_ = features_of(encoder, extractor_->preprocessing, scored_);
    const GanScores scores =
        score_images(scored_features_, features_of(encoder, extractor_->preprocessing, made), {},
                     rng_.stream("subsets"));
    last_["generator/fid"] = scores.frechet;
    last_["generator/kid"] = scores.kernel.mean;
    last_["generator/precision"] = scores.manifold.precision;
    last_["generator/recall"] = scores.manifold.recall;
  }

  const GeneratorConfig config_;
  const WatchedTraining training_;
  const Rng rng_;
  const Caller& caller_;
  const ShowGrid show_;
  Tensor real_;                        // [N, C, H, W] uint8, beside the grid's
  std::optional<Artifact> extractor_;  // none: pictures are not scored
  Tensor scored_, scored_features_;    // [M, C, H, W] uint8; [M, D], after the first look
  int64_t columns_ = 1;
  Quantities last_;  // of the last look
  bool warned_ = false;
};

}  // namespace

Observer watch_generator(const GeneratorConfig& config, const WatchedTraining& training,
                         const Rng& rng, const Caller& caller, ShowGrid show) {
  const auto watch =
      std::make_shared<GeneratorWatch>(config, training, rng, caller, std::move(show));
  return [watch](EpochEnd& end) { watch->see(end); };
}

}  // namespace tacit
