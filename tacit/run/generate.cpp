// SPDX-License-Identifier: Apache-2.0
#include "tacit/run/generate.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tacit/data/readers/images/picture.h"
#include "tacit/report/png.h"

namespace tacit {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kBatch = 64;  // images made at once
constexpr int64_t kGap = 2;     // pixels between images of a grid
constexpr int64_t kMostClassColumns = 20;
constexpr double kLeastTruncation = 0.01;  // below it almost all draws are thrown away

bool is_folder(const fs::path& output) {
  return output.string().ends_with('/') || fs::is_directory(output);
}

void require_possible(const GenerateRequest& request) {
  require<ConfigError>(request.count >= 1, "count must be at least 1, got {}", request.count);
  require<ConfigError>(request.interpolate == 0 || request.interpolate >= 2,
                       "interpolate is the number of pictures from one noise to the next, both "
                       "included, so 2 or more, or 0; got {}",
                       request.interpolate);
  require<ConfigError>(is_folder(request.output) || request.output.extension() == ".png",
                       "cannot write pictures to \"{}\": its name must end in .png, for a grid, or "
                       "in /, for a folder of single ones",
                       request.output.string());
}

/// "0007.png".
std::string file_name(int64_t picture, int64_t count) {
  std::string digits = std::to_string(picture);
  const size_t width = std::max<size_t>(4, std::to_string(count - 1).size());
  digits.insert(0, width - digits.size(), '0');
  return digits + ".png";
}

/// Makes a folder for pictures. Throws StateError when others would stay in it.
void make_room(const fs::path& folder, int64_t count) {
  create_folder(folder);
  std::set<std::string> ours;
  for (int64_t i = 0; i < count; ++i) ours.insert(file_name(i, count));
  for (const auto& entry : fs::directory_iterator(folder))
    require<StateError>(
        entry.path().extension() != ".png" || ours.contains(entry.path().filename()),
        "{} holds pictures already, such as {}; choose another folder, or remove them",
        folder.string(), entry.path().filename().string());
}

/// [count] int64.
Tensor classes_asked_for(const KeptGenerator& generator, const GenerateRequest& request,
                         const fs::path& run) {
  if (!request.class_name)
    return classes_in_turn(generator, request.count, std::max<int64_t>(1, request.interpolate));
  const std::vector<std::string>& classes = generator.classes;
  require<ConfigError>(!classes.empty(),
                       "the generator of {} was not told classes, so none can be asked for",
                       run.string());
  const auto found = std::ranges::find(classes, *request.class_name);
  if (found == classes.end())
    throw ConfigError(unknown_name("class", *request.class_name, classes));
  return at::full({request.count}, found - classes.begin(), at::kLong);
}

/// [count, width].
Tensor noise_asked_for(int64_t width, const GenerateRequest& request) {
  const Rng rng = Rng(request.seed).stream("generate");
  const int64_t steps = request.interpolate;
  if (steps == 0) return draw_noise(request.count, width, request.truncation, rng);
  const int64_t ways = (request.count + steps - 1) / steps;
  return interpolate_noise(draw_noise(ways + 1, width, request.truncation, rng), steps)
      .narrow(0, 0, request.count);
}

int64_t columns_of(const GenerateRequest& request, int64_t classes) {
  if (request.interpolate > 0) return request.interpolate;
  const bool in_turn = !request.class_name && classes <= std::min(request.count, kMostClassColumns);
  if (in_turn && classes > 0) return classes;
  return static_cast<int64_t>(std::ceil(std::sqrt(static_cast<double>(request.count))));
}

/// shape: [C, H, W] of a picture. Throws ConfigError when no reader would take the grid.
void require_readable_grid(int64_t count, int64_t columns, const std::vector<int64_t>& shape) {
  const int64_t rows = (count + columns - 1) / columns;
  const int64_t pixels = rows * (shape[1] + kGap) * columns * (shape[2] + kGap);
  require<ConfigError>(pixels <= kMostPixels,
                       "a grid of {} pictures would have {} pixels, more than {}; ask for fewer, "
                       "or for a folder of single ones: its name ends in /",
                       count, pixels, kMostPixels);
}

}  // namespace

Tensor draw_noise(int64_t count, int64_t width, double truncation, const Rng& rng) {
  require<ConfigError>(truncation == 0 || truncation >= kLeastTruncation,
                       "truncation must be 0, for none, or at least {}, got {}", kLeastTruncation,
                       truncation);
  const Tensor noise = at::empty({count, width}, at::kFloat);
  auto* number = noise.mutable_data_ptr<float>();
  for (int64_t row = 0; row < count; ++row) {
    Rng draws = rng.row(row);
    for (int64_t i = 0; i < width; ++i) {
      double drawn = draws.normal();
      while (truncation > 0 && std::abs(drawn) > truncation) drawn = draws.normal();
      *number++ = static_cast<float>(drawn);
    }
  }
  return noise;
}

Tensor interpolate_noise(const Tensor& noise, int64_t steps) {
  require<ShapeError>(noise.dim() == 2 && noise.size(0) >= 2 && steps >= 2,
                      "ways in {} steps between noises {} need 2 or more of both", steps,
                      noise.sizes());
  const Tensor ends = noise.to(at::kDouble);
  const Tensor from = ends.slice(0, 0, -1).unsqueeze(1), to = ends.slice(0, 1).unsqueeze(1);
  const Tensor length = from.norm(2, {2}, true) * to.norm(2, {2}, true);  // [R, 1, 1]
  const Tensor angle = ((from * to).sum(2, true) / length).clamp(-1, 1).acos();
  const Tensor t = at::arange(steps, at::kDouble).view({-1, 1}) / static_cast<double>(steps - 1);
  const Tensor circle = (((1 - t) * angle).sin() * from + (t * angle).sin() * to) / angle.sin();
  const Tensor line = (1 - t) * from + t * to;  // [R, steps, D]
  return at::where(angle.sin().gt(1e-6), circle, line).flatten(0, 1).to(noise.scalar_type());
}

Tensor draw_images(const GanGenerator& generator, const Tensor& z, const Tensor& y) {
  const c10::AutoGradMode no_grad(false);
  const c10::Device device = generator.parameters().front().device();
  std::vector<Tensor> drawn;
  for (int64_t begin = 0; begin < z.size(0); begin += kBatch) {
    const int64_t rows = std::min(kBatch, z.size(0) - begin);
    const Tensor some = z.narrow(0, begin, rows).to(device);
    const Tensor x =
        generator.forward(some, y.defined() ? y.narrow(0, begin, rows).to(device) : Tensor());
    drawn.push_back(to_pixels(x).to(at::kCPU));
  }
  return at::cat(drawn);
}

Tensor classes_in_turn(const KeptGenerator& generator, int64_t count, int64_t each) {
  const auto classes = std::max<int64_t>(1, static_cast<int64_t>(generator.classes.size()));
  return at::arange(count, at::kLong).div(each, "floor").remainder(classes);
}

Gan load_gan(const fs::path& run) {
  read_run(run);  // refuses a folder that holds no run
  const fs::path folder = run / "artifact";
  require<StateError>(fs::exists(folder),
                      "{} holds no generator: it is not the folder of a finished tacit pretrain",
                      run.string());
  Gan gan{Artifact::load(folder), {}};
  require<StateError>(fs::exists(generator_file(folder)),
                      "{} was trained by method {}, which keeps no generator; pre-train on images "
                      "with ssgan",
                      run.string(), gan.artifact.manifest.method);
  gan.generator = load_generator(generator_file(folder), gan.artifact);
  return gan;
}

int64_t run_generate(const fs::path& run, const GenerateRequest& request, const Caller& caller) {
  require_possible(request);
  const Gan gan = load_gan(run);
  const KeptGenerator& generator = gan.generator;
  const Tensor y = classes_asked_for(generator, request, run);
  const Tensor z = noise_asked_for(generator.config.noise, request);
  const int64_t columns = columns_of(request, static_cast<int64_t>(generator.classes.size()));
  const bool one_by_one = is_folder(request.output);
  if (one_by_one)
    make_room(request.output, request.count);
  else
    require_readable_grid(request.count, columns, gan.artifact.spec.shape);
  std::vector<Tensor> grid;
  for (int64_t begin = 0; begin < request.count; begin += kBatch) {
    const int64_t end = std::min(request.count, begin + kBatch);
    const Tensor pixels =
        draw_images(*generator.network, z.slice(0, begin, end), y.slice(0, begin, end));
    for (int64_t i = begin; one_by_one && i < end; ++i)
      write_png(request.output / file_name(i, request.count), pixels[i - begin]);
    if (!one_by_one) grid.push_back(pixels);
    if (caller.progress) caller.progress("pictures", {0, 1, end, request.count, 0});
    if (caller.stop != nullptr && caller.stop->load()) throw Interrupted{};
  }
  if (!one_by_one) write_png(request.output, image_grid(at::cat(grid), columns, kGap));
  return request.count;
}

}  // namespace tacit
