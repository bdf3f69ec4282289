// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/evaluate.h"

#include <ATen/Functions.h>

#include <fstream>

#include "tacit/artifact/head.h"
#include "tacit/data/images.h"
#include "tacit/evaluate/frechet.h"
#include "tacit/nn/registry.h"
#include "tacit/onnx/model.h"
#include "tacit/onnx/operators.h"
#include "tacit/report/png.h"
#include "tacit/run/generate.h"
#include "tacit/run/trained.h"
#include "tests/core/folder.h"
#include "tests/nn/numbers.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kEdge = 32, kNoise = 8, kTest = 30;

Artifact artifact_of(const std::string& encoder, const Json& config, int64_t edge = kEdge) {
  Artifact artifact;
  artifact.manifest.method = "ssgan";
  artifact.manifest.classes = {"cat", "dog"};
  artifact.spec = {Modality::image, {3, edge, edge}, 0, {"red", "green", "blue"}};
  artifact.preprocessing = Normalizer::between(0, 255, 3);
  artifact.encoder_name = encoder;
  artifact.encoder_config = config;
  artifact.encoder = find_encoder(encoder).make(config, artifact.encoder_spec(), Rng(3));
  stir(*artifact.encoder);
  artifact.encoder->eval();
  return artifact;
}

/// A network in an ONNX file: dense layers on pictures [3, edge, edge].
class DenseFile {
 public:
  DenseFile(const fs::path& file, int64_t edge, int64_t features, int64_t classes = 0)
      : path(file.string()),
        weight(numbers({features, 3 * edge * edge}, 1) * 0.02),
        classifier(numbers({classes, features}, 2)) {
    onnx::Graph graph("dense");
    const onnx::Value x = graph.input("picture", {3, edge, edge});
    const onnx::Value flat = graph.add("Flatten", {x}, {{"axis", 1}});
    const onnx::Value pooled = onnx::linear(graph, flat, weight, at::zeros({features}));
    graph.output("pooled", pooled, {features});
    if (classes > 0)
      graph.output("logits", onnx::linear(graph, pooled, classifier, at::zeros({classes})),
                   {classes});
    write_file(file, {onnx::write_model(graph)});
  }

  const std::string path;
  const Tensor weight, classifier;  // [D, 3 edge²], [K, D]
};

class EvaluateTest : public FolderTest {
 protected:
  EvaluateTest() {
    const Tensor pixels = to_pixels(numbers({2 * kTest, 3, kEdge, kEdge}, 9) * 0.5);
    for (int64_t i = 0; i < 2 * kTest; ++i) {
      const fs::path place =
          folder / "data" / (i < kTest ? "test" : "train") / (i % 2 == 0 ? "cat" : "dog");
      fs::create_directories(place);
      std::ofstream(place / text("{}.png", 100 + i)) << encode_png(pixels[i]);
    }
    recipe_.data.source = Source::images;
    recipe_.data.file.path = (folder / "data").string();
    recipe_.data.split = {.by = SplitBy::row, .test = Json{"test"}};
    keep_run();
    const Artifact eyes = artifact_of("image_resnet", {{"filters", {6}}, {"blocks", {1}}});
    eyes.save(eyes_ / "artifact");
    write_file(eyes_ / "run.json", {"{}"});
  }

  void keep_run() {
    images_ = std::dynamic_pointer_cast<const Images>(load_examples(recipe_.data));
    Artifact artifact = artifact_of("gan_discriminator", {{"width", 0.0625}});
    artifact.manifest.data_fingerprint = fingerprint(*images_);
    artifact.save(run_ / "artifact");
    GanGenerator generator({.noise = kNoise,
                            .width = 0.0625,
                            .normalization = GeneratorNormalization::conditional,
                            .classes = 2},
                           artifact.encoder_spec(), Rng(2));
    stir(generator);
    save_generator(generator, artifact, generator_file(run_ / "artifact"));
    write_file(run_ / "run.json", {Json{{"recipe", write_config(recipe_)}}.dump()});
  }

  std::string evaluate(const EvaluateRequest& request,
                       const std::vector<std::string>& overrides = {}) const {
    return run_evaluate(run_, request, overrides, {});
  }
  Json entry(const std::string& name) const {
    return Json::parse(read_file(run_ / "evaluation.json")).at(name);
  }
  template <class E>
  std::string refusal(const EvaluateRequest& request,
                      const std::vector<std::string>& overrides = {}) const {
    return message_of<E>([&] { evaluate(request, overrides); });
  }
  static bool has(const std::string& words, const std::string& part) {
    return words.find(part) != std::string::npos;
  }

  /// All pictures of a part, as floats of 0 … 255.
  Tensor pictures(const std::string& part) const {
    std::vector<Tensor> found;
    for (int64_t row = 0; row < images_->size(); ++row)
      if (images_->about(row).recording == part) found.push_back(images_->pixels()[row]);
    return at::stack(found).to(at::kFloat);
  }
  Tensor generated(int64_t count, uint64_t seed = 1) const {
    const Gan gan = load_gan(run_);
    return draw_images(*gan.generator.network,
                       draw_noise(count, kNoise, 0, Rng(seed).stream("evaluate")),
                       at::arange(count).remainder(2))
        .to(at::kFloat);
  }

  Recipe recipe_;
  std::shared_ptr<const Images> images_;
  const fs::path run_ = folder / "run", eyes_ = folder / "eyes";
};

TEST_F(EvaluateTest, MeasuresByTheEncoderOfAnotherRun) {
  const std::string table = evaluate({.extractor = eyes_.string() + "/"});
  EXPECT_PRED2(has, table, "30 generated pictures, 30 real ones (part: test), 6 features");
  EXPECT_PRED2(has, table, "\nFID(eyes) ");
  EXPECT_PRED2(has, table, "\nKID(eyes) ");
  EXPECT_FALSE(has(table, "inception score"));
  EXPECT_FALSE(has(table, "no more pictures"));
  const Artifact eyes = Artifact::load(eyes_ / "artifact");
  const auto features = [&](const Tensor& x) {
    return eyes.encoder->forward((x - 127.5) / 127.5).detach();
  };
  const Tensor real = features(pictures("test")), fake = features(generated(kTest));
  const Json found = entry("FID(eyes)");
  EXPECT_NEAR(found["frechet_distance"].get<double>() / frechet_distance(real, fake), 1, 1e-3);
  EXPECT_EQ(found["recall"].get<double>(), manifold_scores(real, fake, 3).recall);
  EXPECT_EQ(found["density"].get<double>(), manifold_scores(real, fake, 5).density);
  EXPECT_EQ(found["extractor"]["name"], "eyes");
  EXPECT_EQ(found["part"], "test");
  EXPECT_EQ(found["real"], kTest);
}

TEST_F(EvaluateTest, TakesTheFinetunedModelAndItsClassesWhereThereAreSome) {
  const Artifact tuned = artifact_of("image_resnet", {{"filters", {7}}, {"blocks", {1}}});
  const ClassifierHead head({.features = 7, .hidden = 0, .classes = 2}, Rng(5));
  save_finetuned(eyes_ / "finetuned", tuned, head);
  const std::string table = evaluate({.extractor = eyes_.string()});
  EXPECT_PRED2(has, table, "7 features");
  EXPECT_PRED2(has, table, "\ninception score(eyes) ");
  const Finetuned model = load_finetuned(eyes_);
  const Tensor x = (generated(kTest) - 127.5) / 127.5;
  const Tensor p = model.head->forward(model.artifact.encoder->forward(x)).softmax(1).detach();
  EXPECT_NEAR(entry("FID(eyes)")["inception_score"]["mean"].get<double>(), inception_score(p).mean,
              1e-4);
}

TEST_F(EvaluateTest, MeasuresByAnOnnxFileOnPicturesOfItsSize) {
  const DenseFile file(folder / "dense.onnx", 40, 5, 3);
  const std::string table = evaluate({.inception = file.path});
  EXPECT_PRED2(has, table, "\nFID(dense) ");  // no Inception-v3
  EXPECT_PRED2(has, table, "\ninception score(dense) ");
  const auto features = [&](const Tensor& x) {
    const Tensor large = at::upsample_bilinear2d(x, {40, 40}, false) / 127.5 - 1;
    return large.flatten(1).matmul(file.weight.t());
  };
  const Tensor real = features(pictures("test")), fake = features(generated(kTest));
  const Json found = entry("FID(dense)");
  EXPECT_NEAR(found["frechet_distance"].get<double>() / frechet_distance(real, fake), 1, 1e-3);
  EXPECT_NEAR(found["inception_score"]["mean"].get<double>(),
              inception_score(fake.matmul(file.classifier.t()).softmax(1)).mean, 1e-3);
}

TEST_F(EvaluateTest, ScalesPixelsAsItIsTold) {
  const DenseFile file(folder / "dense.onnx", kEdge, 4);
  const Tensor real = pictures("test").flatten(1).matmul(file.weight.t()),
               fake = generated(kTest).flatten(1).matmul(file.weight.t());
  const double bytes = frechet_distance(real, fake);  // grows with the square of the scale
  for (const auto& [scale, factor] : {std::pair(PixelScale::bytes, 1.0),
                                      {PixelScale::unit, 255.0},
                                      {PixelScale::centred, 127.5}}) {
    evaluate({.inception = file.path, .pixels = scale});
    EXPECT_NEAR(entry("FID(dense)")["frechet_distance"].get<double>() * factor * factor / bytes, 1,
                1e-3);
  }
}

TEST_F(EvaluateTest, FindsOutputsByNameAndNumber) {
  const DenseFile file(folder / "dense.onnx", kEdge, 5, 3);
  const auto width = [&](const std::string& features, const std::string& logits) {
    evaluate({.inception = file.path, .features = features, .logits = logits});
    return entry("FID(dense)")["features"].get<int64_t>();
  };
  EXPECT_EQ(width("pooled", "logits"), 5);
  EXPECT_EQ(width("1", "logits"), 3);
  EXPECT_FALSE(width("1", "") != 3 || entry("FID(dense)").contains("inception_score"));
  EXPECT_PRED2(has, refusal<ConfigError>({.inception = file.path, .features = "poled"}),
               "features: unknown output \"poled\"; did you mean \"pooled\"");
  EXPECT_PRED2(has, refusal<ConfigError>({.inception = file.path, .logits = "2"}), "logits: ");
}

/// The bytes of an ONNX file of one node, x [*shape] -> y [*told]; a size of 0 may be any. A weight
/// stands among the inputs too, as in older files.
std::string one_node(const std::string& op, const std::vector<uint64_t>& shape,
                     const std::vector<uint64_t>& told) {
  const auto number = [](uint64_t value) {  // a varint
    std::string bytes;
    for (; value > 127; value >>= 7) bytes += static_cast<char>(value | 128);
    return bytes + static_cast<char>(value);
  };
  const auto part = [&](uint64_t field, const std::string& bytes) {
    return number(8 * field + 2) + number(bytes.size()) + bytes;
  };
  const auto port = [&](const std::string& name, const std::vector<uint64_t>& sizes) {
    std::string dims;
    for (const uint64_t size : sizes)
      dims += part(1, size > 0 ? number(8) + number(size) : part(2, "any"));
    return part(1, name) + part(2, part(1, number(8) + number(1) + part(2, dims)));
  };
  const std::string node = part(1, "x") + part(2, "y") + part(4, op);
  const std::string weight =
      number(8) + number(1) + number(16) + number(1) + part(4, std::string(4, '\0')) + part(8, "w");
  return number(8) + number(8) + part(8, number(16) + number(17)) +
         part(7, part(1, node) + part(2, "g") + part(5, weight) + part(11, port("w", {1})) +
                     part(11, port("x", shape)) + part(12, port("y", told)));
}

TEST_F(EvaluateTest, FeedsFilesOfOneNumberOfPicturesAndColoursLast) {
  write_file(folder / "flat.onnx", {one_node("Flatten", {7, 2, 3, 3}, {7, 18})});
  evaluate({.inception = (folder / "flat.onnx").string()});
  const auto features = [](const Tensor& x) {
    const Tensor small = at::_upsample_bilinear2d_aa(x, {2, 3}, false) / 127.5 - 1;
    return small.permute({0, 2, 3, 1}).flatten(1);
  };
  const double wanted = frechet_distance(features(pictures("test")), features(generated(kTest)));
  EXPECT_NEAR(entry("FID(flat)")["frechet_distance"].get<double>() / wanted, 1, 1e-3);
}

TEST_F(EvaluateTest, FeedsPicturesOf299PixelsWhereAnySizeWillDo) {
  write_file(folder / "most.onnx", {one_node("GlobalMaxPool", {0, 3, 0, 0}, {0, 3, 1, 1})});
  evaluate({.inception = (folder / "most.onnx").string()});
  const auto features = [](const Tensor& x) {
    return at::upsample_bilinear2d(x / 127.5 - 1, {299, 299}, false).amax({2, 3});
  };
  const double wanted = frechet_distance(features(pictures("test")), features(generated(kTest)));
  EXPECT_NEAR(entry("FID(most)")["frechet_distance"].get<double>() / wanted, 1, 1e-3);
}

TEST_F(EvaluateTest, ComparesAsManyAsItIsAskedFor) {
  EXPECT_PRED2(has, evaluate({.count = 25, .extractor = eyes_.string()}),
               "25 generated pictures, 25 real ones");
  EXPECT_PRED2(has, evaluate({.count = 50, .seed = 4, .extractor = eyes_.string()}),
               "50 generated pictures, 30 real ones");
  const Json once = entry("FID(eyes)");
  evaluate({.count = 50, .seed = 4, .extractor = eyes_.string()});
  EXPECT_EQ(entry("FID(eyes)"), once);
  evaluate({.count = 50, .seed = 5, .extractor = eyes_.string()});
  EXPECT_NE(entry("FID(eyes)")["frechet_distance"], once["frechet_distance"]);  // other noise
  EXPECT_PRED2(has, refusal<ConfigError>({.count = 19, .extractor = eyes_.string()}), "too few");
}

TEST_F(EvaluateTest, SaysWhichPicturesAreReal) {
  const EvaluateRequest request{.extractor = eyes_.string()};
  EXPECT_PRED2(has, refusal<ConfigError>(request, {"data.split.test=['train']"}),
               "must stay as they were");
  EXPECT_PRED2(has, refusal<ConfigError>(request, {"seed=2"}), "must stay as they were");
  const fs::path other = folder / "other";
  fs::copy(folder / "data" / "test", other, fs::copy_options::recursive);
  EXPECT_PRED2(has, evaluate(request, {"data.path=" + other.string()}), "30 real ones (part: new)");
  EXPECT_PRED2(has, refusal<ShapeError>(request, {"data.images.size=16"}), "32");
}

TEST_F(EvaluateTest, KeepsWhatOtherExtractorsSaid) {
  const DenseFile file(folder / "dense.onnx", kEdge, 32);
  evaluate({.extractor = eyes_.string()});
  EXPECT_PRED2(has, evaluate({.inception = file.path}), "no more pictures than features");
  EXPECT_EQ(entry("FID(eyes)")["features"], 6);
  EXPECT_EQ(entry("FID(dense)")["features"], 32);
  write_file(run_ / "evaluation.json", {"{\"FID\":"});
  EXPECT_PRED2(has, refusal<StateError>({.extractor = eyes_.string()}), "evaluation.json");
}

TEST_F(EvaluateTest, RefusesWhatCannotMeasure) {
  EXPECT_PRED2(has, refusal<ConfigError>({}), "--inception");
  EXPECT_PRED2(has, refusal<ConfigError>({.inception = "x", .extractor = "y"}), "--extractor");
  EXPECT_PRED2(has, refusal<ConfigError>({.extractor = run_.string()}), "own discriminator");
  EXPECT_PRED2(has, refusal<StateError>({.extractor = folder.string()}), "run.json");
  artifact_of("image_resnet", {{"filters", {6}}, {"blocks", {1}}}, 48).save(eyes_ / "artifact");
  EXPECT_PRED2(has, refusal<ShapeError>({.extractor = eyes_.string()}), "[3, 48, 48]");
  fs::remove(generator_file(run_ / "artifact"));
  EXPECT_PRED2(has, refusal<StateError>({.extractor = eyes_.string()}), "ssgan");
  EXPECT_FALSE(fs::exists(run_ / "evaluation.json"));
}

TEST_F(EvaluateTest, RefusesFilesThatAreNoNetworkOfPictures) {
  const DenseFile good(folder / "dense.onnx", 4, 3);
  const std::string whole = read_file(good.path), broken = (folder / "broken.onnx").string();
  for (size_t size = 0; size < whole.size(); size += whole.size() / 60) {
    write_file(broken, {whole.substr(0, size)});
    EXPECT_PRED2(has, refusal<DataError>({.inception = broken}), "broken.onnx") << size;
  }
  EXPECT_THROW(evaluate({.inception = (folder / "none.onnx").string()}), DataError);
  onnx::Graph graph("rows");
  const onnx::Value x = graph.input("x", {5});
  graph.output("y", graph.add("Add", {x, 1.0}), {5});
  write_file(broken, {onnx::write_model(graph)});
  EXPECT_PRED2(has, refusal<DataError>({.inception = broken}), "not pictures");
  ::setenv("TACIT_ONNXRUNTIME", "/nowhere/libonnxruntime.so", 1);
  EXPECT_PRED2(has, refusal<StateError>({.inception = good.path}), "/nowhere");
  ::unsetenv("TACIT_ONNXRUNTIME");
}

TEST(MetricName, NamesTheExtractorUnlessItIsInception) {
  Json entry{{"extractor", {{"name", "net"}, {"file", "net.onnx"}}}, {"features", 2048}};
  EXPECT_EQ(metric_name("FID", entry), "FID");
  entry["features"] = 2047;
  EXPECT_EQ(metric_name("KID", entry), "KID(net)");
  entry = {{"extractor", {{"name", "net"}, {"run", "runs/net"}}}, {"features", 2048}};
  EXPECT_EQ(metric_name("FID", entry), "FID(net)");
}

TEST(ScoreImages, AreTheMetricsOfTheirAuthors) {
  const Tensor real = numbers({60, 4}, 1), fake = numbers({50, 4}, 2) * 0.7 + 0.2;
  const Tensor p = (numbers({50, 3}, 3) * 2).softmax(1);
  const GanScores scores = score_images(real, fake, p, Rng(8));
  EXPECT_EQ(scores.real, 60);
  EXPECT_EQ(scores.generated, 50);
  EXPECT_EQ(scores.features, 4);
  EXPECT_EQ(scores.frechet, frechet_distance(real, fake));
  EXPECT_EQ(scores.kernel.values, kernel_distance(real, fake, Rng(8)).values);
  EXPECT_EQ(scores.kernel.values.size(), 10u);
  EXPECT_EQ(scores.manifold.precision, manifold_scores(real, fake, 3).precision);
  EXPECT_EQ(scores.manifold.recall, manifold_scores(real, fake, 3).recall);
  EXPECT_EQ(scores.manifold.density, manifold_scores(real, fake, 5).density);
  EXPECT_EQ(scores.manifold.coverage, manifold_scores(real, fake, 5).coverage);
  EXPECT_EQ(scores.inception->values, inception_score(p).values);
  EXPECT_FALSE(score_images(real, fake).inception);
  EXPECT_LT(scores.frechet, score_images(real, fake + 1).frechet);
  EXPECT_THROW(score_images(real, fake.slice(0, 0, 19)), ConfigError);
  EXPECT_THROW(score_images(real, fake.slice(1, 0, 3)), ShapeError);
  const Json json = scores;
  EXPECT_EQ(json["coverage"], scores.manifold.coverage);
  EXPECT_EQ(json["inception_score"]["mean"], scores.inception->mean);
}

}  // namespace
}  // namespace tacit
