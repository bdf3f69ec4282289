// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/evaluate.h"

#include <ATen/Parallel.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>
#include <set>

#include "tacit/artifact/head.h"
#include "tacit/data/images.h"
#include "tacit/evaluate/frechet.h"
#include "tacit/export/onnx_runtime.h"
#include "tacit/run/generate.h"
#include "tacit/run/probe.h"
#include "tacit/run/trained.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostPictures = 10'000;     // where no number is asked for
constexpr int64_t kFewestPictures = 20;       // two for each of ten subsets
constexpr int64_t kStretch = 256;             // pictures looked at before progress is told
constexpr int64_t kBatch = 8;                 // pictures that a thread looks at
constexpr int64_t kInceptionFeatures = 2048;  // pooled ones of Inception-v3
constexpr int64_t kInceptionEdge = 299;       // pixels of its pictures

/// What an extractor says of pictures.
struct Seen {
  Tensor features;                        ///< [N, D]
  std::optional<Tensor> probabilities{};  ///< [N, K]
};

struct Extractor {
  Json description;                               ///< "name" and more
  std::function<Seen(const Tensor& pixels)> see;  ///< pixels: [N, C, H, W] uint8
};

Seen joined(const std::vector<Seen>& parts) {
  std::vector<Tensor> features, probabilities;
  for (const Seen& part : parts) {
    features.push_back(part.features);
    if (part.probabilities) probabilities.push_back(*part.probabilities);
  }
  return probabilities.empty() ? Seen{at::cat(features)}
                               : Seen{at::cat(features), at::cat(probabilities)};
}

// ONNX files: names and sizes of inputs and outputs. What is damaged is a DataError.
// https://protobuf.dev/programming-guides/encoding, https://github.com/onnx/onnx, onnx/onnx.proto.

struct WireField {
  uint64_t number = 0, value = 0;
  std::string_view bytes{};
};

uint64_t take_number(std::string_view& rest) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw DataError("a number does not end");
}

std::vector<WireField> fields_of(std::string_view message) {
  std::vector<WireField> fields;
  while (!message.empty()) {
    const uint64_t key = take_number(message), kind = key & 7;
    require<DataError>(kind <= 2 || kind == 5, "it holds what no such file holds");
    WireField& field = fields.emplace_back(WireField{.number = key >> 3});
    if (kind != 1 && kind != 5) field.value = take_number(message);
    if (kind == 0) continue;
    const uint64_t size = kind == 2 ? field.value : kind == 1 ? 8 : 4;
    require<DataError>(size <= message.size(), "it is cut");
    field.bytes = message.substr(0, size);
    message.remove_prefix(size);
  }
  return fields;
}

/// What the last field of that number holds; empty without one.
std::string_view bytes_in(std::string_view message, uint64_t number) {
  std::string_view found;
  for (const WireField& field : fields_of(message))
    if (field.number == number) found = field.bytes;
  return found;
}

struct OnnxPort {
  std::string name;
  std::vector<int64_t> shape;  ///< 0: any number
};

/// From a ValueInfoProto: name, type.tensor_type.shape.dim[].dim_value.
OnnxPort port_of(std::string_view info) {
  OnnxPort port{std::string(bytes_in(info, 1)), {}};
  for (const WireField& dim : fields_of(bytes_in(bytes_in(bytes_in(info, 2), 1), 2))) {
    port.shape.push_back(0);
    for (const WireField& size : fields_of(dim.bytes))
      if (size.number == 1) port.shape.back() = static_cast<int64_t>(size.value);
  }
  return port;
}

/// The input that is no weight, then the outputs.
std::vector<OnnxPort> ports_of(std::string_view model) {
  std::set<std::string> weights;
  std::vector<OnnxPort> inputs, outputs;
  for (const WireField& field : fields_of(bytes_in(model, 7))) {
    if (field.number == 5) weights.emplace(bytes_in(field.bytes, 8));
    if (field.number == 11) inputs.push_back(port_of(field.bytes));
    if (field.number == 12) outputs.push_back(port_of(field.bytes));
  }
  std::erase_if(inputs, [&](const OnnxPort& port) { return weights.contains(port.name); });
  require<DataError>(inputs.size() == 1 && !outputs.empty(),
                     "it has {} inputs and {} outputs, not one of pictures and some of features",
                     inputs.size(), outputs.size());
  outputs.insert(outputs.begin(), inputs.front());
  return outputs;
}

/// A network in an ONNX file that looks at pictures.
class OnnxEyes {
 public:
  /// Throws DataError when the input does not take pictures, ConfigError for an unknown output, and
  /// like OnnxRuntime and OnnxSession.
  OnnxEyes(const std::string& model, const std::vector<OnnxPort>& ports,
           const EvaluateRequest& request)
      : scale_(request.pixels), session_(OnnxRuntime(), model) {
    input_ = ports.front().name;
    std::vector<int64_t> shape = ports.front().shape;
    is_channels_last_ = shape.size() == 4 && shape[3] == 3 && shape[1] != 3;
    if (is_channels_last_) shape = {shape[0], shape[3], shape[1], shape[2]};
    require<DataError>(shape.size() == 4 && (shape[1] == 3 || shape[1] == 0) &&
                           std::ranges::max(shape) <= kMostPictures,
                       "{} takes {}, not pictures [N, 3, H, W]", request.inception,
                       c10::IntArrayRef(ports.front().shape));
    rows_ = shape[0];
    height_ = shape[2] > 0 ? shape[2] : kInceptionEdge;
    width_ = shape[3] > 0 ? shape[3] : kInceptionEdge;
    std::vector<std::string> outputs;
    for (size_t i = 1; i < ports.size(); ++i) outputs.push_back(ports[i].name);
    asked_.push_back(find(outputs, request.features, "features"));
    if (!request.logits.empty())
      asked_.push_back(find(outputs, request.logits, "logits"));
    else if (outputs.size() > 1 && outputs[1] != asked_.front())
      asked_.push_back(outputs[1]);
  }

  Seen see(const Tensor& pixels) const {
    const int64_t size = rows_ > 0 ? rows_ : kBatch, count = pixels.size(0);
    std::vector<Seen> parts(static_cast<size_t>((count + size - 1) / size));
    at::parallel_for(0, static_cast<int64_t>(parts.size()), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        parts[static_cast<size_t>(i)] =
            look(pixels.narrow(0, i * size, std::min(size, count - i * size)));
    });
    return joined(parts);
  }

 private:
  static std::string find(const std::vector<std::string>& outputs, const std::string& asked,
                          const char* key) {
    for (size_t i = 0; i < outputs.size(); ++i)
      if (asked == outputs[i] || asked == std::to_string(i)) return outputs[i];
    throw ConfigError(text("{}: {}", key, unknown_name("output", asked, outputs)));
  }

  Seen look(const Tensor& pixels) const {
    const int64_t count = pixels.size(0);
    Tensor x = pixels.to(at::kFloat).expand({-1, 3, -1, -1});  // grey: the same three times
    if (x.size(2) != height_ || x.size(3) != width_)
      x = at::_upsample_bilinear2d_aa(x.contiguous(), {height_, width_}, /*align_corners=*/false);
    if (scale_ == PixelScale::centred) x = x / 127.5 - 1;
    if (scale_ == PixelScale::unit) x = x / 255;
    if (is_channels_last_) x = x.permute({0, 2, 3, 1});
    if (count < rows_) x = at::cat({x, x.slice(0, 0, 1).expand({rows_ - count, -1, -1, -1})});
    std::vector<Tensor> told = session_.run(input_, x, asked_);
    for (Tensor& each : told) {
      require<DataError>(each.dim() >= 2 && each.size(0) == x.size(0),
                         "the ONNX file gives {} for {} pictures", each.sizes(), x.size(0));
      each = each.narrow(0, 0, count).flatten(1);
    }
    if (told.size() == 1) return {told[0]};
    const bool are_probabilities =
        told[1].ge(0).all().item<bool>() && (told[1].sum(1) - 1).abs().max().item<double>() < 1e-3;
    return {told[0], are_probabilities ? told[1] : told[1].softmax(1)};
  }

  PixelScale scale_;
  OnnxSession session_;
  std::string input_;
  std::vector<std::string> asked_;  // features, and logits if there are some
  bool is_channels_last_ = false;
  int64_t rows_ = 0, height_ = 0, width_ = 0;  // 0 rows: any number
};

Extractor onnx_extractor(const EvaluateRequest& request) {
  const std::string &file = request.inception, model = read_file(file);
  std::vector<OnnxPort> ports;
  try {
    ports = ports_of(model);
  } catch (const DataError& e) {
    throw DataError(text("{} cannot be used as an ONNX file: {}", file, e.what()));
  }
  const auto eyes = std::make_shared<OnnxEyes>(model, ports, request);
  return {{{"name", fs::path(file).stem()}, {"file", file}, {"checksum", checksum({model})}},
          [eyes](const Tensor& pixels) { return eyes->see(pixels); }};
}

/// spec: of the pictures that it will see.
Extractor run_extractor(const fs::path& run, const fs::path& other, const Spec& spec) {
  read_run(other);  // refuses a folder that holds no run
  require<ConfigError>(!fs::equivalent(run, other),
                       "{} cannot be measured by its own discriminator, whose judgement its "
                       "generator was trained on; name another run with --extractor",
                       run.string());
  const bool is_finetuned = fs::exists(head_file(other / "finetuned"));
  const Finetuned model =
      is_finetuned ? load_finetuned(other) : Finetuned{Artifact::load(other / "artifact"), {}};
  require_compatible(model.artifact.spec, spec);
  const bool tells_classes = model.head != nullptr && !model.head->tells_number();
  return {{{"name", fs::canonical(other).filename()},
           {"run", other.string()},
           {"method", model.artifact.manifest.method}},
          [=](const Tensor& pixels) -> Seen {
            const Tensor x = encode(model.artifact.preprocessing, pixels.to(at::kFloat));
            const Tensor features = model.artifact.encoder->forward(x);
            if (!tells_classes) return {features};
            return {features, model.head->forward(features).softmax(1)};
          }};
}

/// pixels(begin, end): pictures begin … end-1.
template <class Pixels>
Seen see_all(const Extractor& extractor, int64_t count, const std::string& stage,
             const Caller& caller, const Pixels& pixels) {
  const c10::AutoGradMode no_grad(false);
  std::vector<Seen> parts;
  for (int64_t begin = 0; begin < count; begin += kStretch) {
    const int64_t end = std::min(count, begin + kStretch);
    parts.push_back(extractor.see(pixels(begin, end)));
    if (caller.progress) caller.progress(stage, {0, 1, end, count, 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
  return joined(parts);
}

/// Real pictures, and where they come from.
struct Real {
  Tensor pixels;     ///< [N, C, H, W] uint8
  std::string part;  ///< "test", or "new": of other data than the run's
};

Real real_pictures(const fs::path& run, const Artifact& artifact, const EvaluateRequest& request,
                   const std::vector<std::string>& overrides) {
  const Recipe was = recipe_of_run(run, {}), recipe = recipe_of_run(run, overrides);
  const auto images = std::dynamic_pointer_cast<const Images>(load_examples(recipe.data));
  require<ConfigError>(images != nullptr, "data.source must be \"images\"");
  require_compatible(artifact.spec, images->spec());
  const bool was_trained_on = fingerprint(*images) == artifact.manifest.data_fingerprint;
  std::vector<int64_t> rows(static_cast<size_t>(images->size()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  if (was_trained_on) {
    require<ConfigError>(
        recipe.seed == was.seed && write_config(recipe.data.split) == write_config(was.data.split),
        "seed and data.split must stay as they were for {}: the generator may have learned from "
        "the pictures of another test part",
        run.string());
    rows = make_splits(was.data.split, *images, Rng(was.seed).stream("split")).at(0).test;
  }
  Rng(request.seed).stream("real").shuffle(std::span(rows));
  const auto most = static_cast<size_t>(request.count > 0 ? request.count : kMostPictures);
  rows.resize(std::min(rows.size(), most));
  std::ranges::sort(rows);  // as they lie in the file
  return {images->pixels().index_select(0, at::tensor(rows, at::kLong)),
          was_trained_on ? "test" : "new"};
}

void require_enough(int64_t real, int64_t generated) {
  require<ConfigError>(std::min(real, generated) >= kFewestPictures,
                       "{} real and {} generated pictures are too few to compare: there must be "
                       "{} of each at least",
                       real, generated, kFewestPictures);
}

std::string print(const GanScores& scores, const Json& entry) {
  std::string table =
      text("{} generated pictures, {} real ones (part: {}), {} features", scores.generated,
           scores.real, entry.at("part").get<std::string>(), scores.features);
  const auto add = [&](const std::string& label, const char* format, auto... values) {
    char line[80];
    std::snprintf(line, sizeof line, format, values...);
    table += "\n" + label + std::string(label.size() < 34 ? 34 - label.size() : 1, ' ') + line;
  };
  add(metric_name("FID", entry), "%.3f", scores.frechet);
  add(metric_name("KID", entry), "%.5f ± %.5f", scores.kernel.mean, scores.kernel.std);
  if (scores.inception)
    add(metric_name("inception score", entry), "%.3f ± %.3f", scores.inception->mean,
        scores.inception->std);
  const auto& [precision, recall, density, coverage] = scores.manifold;
  add("precision, recall", "%.3f, %.3f", precision, recall);
  add("density, coverage", "%.3f, %.3f", density, coverage);
  if (std::min(scores.real, scores.generated) <= scores.features)
    table += text("\nno more pictures than features: {} is far above that of many pictures",
                  metric_name("FID", entry));
  return table;
}

/// Adds an entry to the file, replacing the one of that name.
void keep(const fs::path& file, const std::string& name, const Json& entry) {
  Json all = Json::object();
  if (fs::exists(file)) all = Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  require<StateError>(all.is_object(), "{} is damaged; remove it to evaluate again", file.string());
  all[name] = entry;
  write_file(file, {all.dump(1), "\n"});
}

}  // namespace

void to_json(Json& json, const GanScores& scores) {
  json = {{"real", scores.real},
          {"generated", scores.generated},
          {"features", scores.features},
          {"frechet_distance", scores.frechet},
          {"kernel_distance", scores.kernel}};
  json.update(Json(scores.manifold));
  if (scores.inception) json["inception_score"] = *scores.inception;
}

GanScores score_images(const Tensor& real, const Tensor& generated,
                       const std::optional<Tensor>& probabilities, const Rng& rng) {
  require_feature_sets(real, generated);
  require_enough(real.size(0), generated.size(0));
  GanScores scores{.real = real.size(0),
                   .generated = generated.size(0),
                   .features = real.size(1),
                   .frechet = frechet_distance(real, generated),
                   .kernel = kernel_distance(real, generated, rng),
                   .manifold = manifold_scores(real, generated, 5)};
  const ManifoldScores nearer = manifold_scores(real, generated, 3);
  scores.manifold.precision = nearer.precision;
  scores.manifold.recall = nearer.recall;
  if (probabilities) scores.inception = inception_score(*probabilities);
  return scores;
}

std::string metric_name(const std::string& metric, const Json& entry) {
  const Json& extractor = entry.at("extractor");
  if (extractor.contains("file") && entry.at("features") == kInceptionFeatures) return metric;
  return text("{}({})", metric, extractor.at("name").get<std::string>());
}

std::string run_evaluate(const fs::path& run, const EvaluateRequest& request,
                         const std::vector<std::string>& overrides, const Caller& caller) {
  require<ConfigError>(request.inception.empty() != request.extractor.empty(),
                       "name what looks at the pictures, one of --inception FILE.onnx and "
                       "--extractor RUN");
  const Gan gan = load_gan(run);
  const FolderLock lock(run);
  const Extractor extractor = request.extractor.empty()
                                  ? onnx_extractor(request)
                                  : run_extractor(run, request.extractor, gan.artifact.spec);
  const Real real = real_pictures(run, gan.artifact, request, overrides);
  const int64_t count = request.count > 0 ? request.count : real.pixels.size(0);
  require_enough(real.pixels.size(0), count);
  const Seen of_real =
      see_all(extractor, real.pixels.size(0), "real pictures", caller,
              [&](int64_t begin, int64_t end) { return real.pixels.slice(0, begin, end); });
  const Rng rng(request.seed);
  const Tensor z = draw_noise(count, gan.generator.config.noise, 0, rng.stream("evaluate"));
  const Tensor y = classes_in_turn(gan.generator, count);
  const Seen of_generated =
      see_all(extractor, count, "generated pictures", caller, [&](int64_t begin, int64_t end) {
        return draw_images(*gan.generator.network, z.slice(0, begin, end), y.slice(0, begin, end));
      });
  const GanScores scores = score_images(of_real.features, of_generated.features,
                                        of_generated.probabilities, rng.stream("subsets"));
  Json entry{{"extractor", extractor.description}, {"part", real.part}, {"seed", request.seed}};
  entry.update(Json(scores));
  keep(run / "evaluation.json", metric_name("FID", entry), entry);
  return print(scores, entry);
}

}  // namespace tacit
