// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tacit/data/dataset.h"
#include "tacit/methods/method.h"
#include "tacit/nn/registry.h"
#include "tests/methods/moving_squares.h"
#include "tests/methods/pictures.h"
#include "tests/methods/rows.h"

namespace tacit {

/// Windows of three channels with 64 samples at 25 Hz: class 0 swings at 1.5 Hz, class 1 at 5 Hz,
/// with a phase and an offset of each row's own.
class Waves final : public Dataset {
 public:
  explicit Waves(int64_t rows, uint64_t seed = 1, double rate_hz = 25)
      : spec_{Modality::signal, {3, 64}, rate_hz, {"x", "y", "z"}}, x_(at::empty({rows, 3, 64})) {
    Rng rng(seed);
    float* out = x_.mutable_data_ptr<float>();
    for (int64_t row = 0; row < rows; ++row) {
      y_.push_back(row % 2);
      const double hz = row % 2 == 0 ? 1.5 : 5, phase = rng.uniform(0, 2 * std::numbers::pi);
      for (int channel = 0; channel < 3; ++channel) {
        const double offset = rng.normal(0.5 * (channel + 1), 0.1), size = 1 - 0.3 * channel;
        for (int step = 0; step < 64; ++step)
          *out++ = static_cast<float>(
              offset + size * std::sin(2 * std::numbers::pi * hz * step / 25 + phase + channel));
      }
    }
  }
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return x_.size(0); }
  Batch read(std::span<const int64_t> rows) const override {
    const Tensor wanted = at::tensor(std::vector<int64_t>(rows.begin(), rows.end()), at::kLong);
    return {x_.index_select(0, wanted), at::tensor(y_, at::kLong).index_select(0, wanted), wanted};
  }
  Batch all() const { return {x_.clone(), at::tensor(y_, at::kLong), at::tensor(y_, at::kLong)}; }

 private:
  Spec spec_;
  Tensor x_;
  std::vector<int64_t> y_;
};

/// A small encoder for them.
inline std::shared_ptr<Encoder> small_encoder(const Rng& rng, double dropout = 0,
                                              const std::string& normalization = "none") {
  return find_encoder("temporal_conv")
      .make({{"filters", {8, 16}},
             {"kernels", {8, 8}},
             {"strides", {2, 2}},
             {"dropout", dropout},
             {"normalization", normalization}},
            Waves(1).spec(), rng);
}

/// A small encoder on tokens for them: four patches.
inline std::shared_ptr<Encoder> small_token_encoder(const Rng& rng) {
  return find_encoder("patch_transformer")
      .make({{"width", 16}, {"depth", 1}, {"heads", 2}, {"hidden", 16}}, Waves(1).spec(), rng);
}

/// A small encoder with features of every time step for them.
inline std::shared_ptr<Encoder> small_step_encoder(const Rng& rng, double dropout = 0) {
  return find_encoder("dilated_conv")
      .make({{"width", 16}, {"depth", 3}, {"outputs", 16}, {"dropout", dropout}}, Waves(1).spec(),
            rng);
}

/// A small encoder into frames and contexts for them: four frames, none of which a wave repeats.
inline std::shared_ptr<Encoder> small_cpc_encoder(const Rng& rng) {
  return find_encoder("cpc_encoder")
      .make({{"filters", {12, 12}}, {"kernels", {8, 4}}, {"strides", {4, 3}}, {"context_width", 8}},
            Waves(1).spec(), rng);
}

/// A small encoder for rows of a table.
inline std::shared_ptr<Encoder> small_table_encoder(const Rng& rng, double dropout = 0) {
  return find_encoder("table_mlp")
      .make({{"widths", {16, 8}}, {"dropout", dropout}}, TableRows(1).spec(), rng);
}

/// A small encoder for pictures of 16 x 16 pixels, and one for 32 x 32 that tells them from made
/// ones.
inline std::shared_ptr<Encoder> small_image_encoder(const Rng& rng) {
  return find_encoder("image_resnet")
      .make({{"filters", {8, 8}}, {"blocks", {1, 1}}}, Pictures(1).spec(), rng);
}
inline std::shared_ptr<Encoder> small_discriminator(const Rng& rng) {
  return find_encoder("gan_discriminator").make({{"width", 0.125}}, Pictures(1, 32).spec(), rng);
}

/// A small encoder of patches of pictures of 16 x 16 pixels: a grid of three by three.
inline std::shared_ptr<Encoder> small_patch_encoder(const Rng& rng) {
  return find_encoder("patch_resnet")
      .make({{"patch", 8}, {"hop", 4}, {"filters", {8, 8}}, {"blocks", {1, 1}}}, Pictures(1).spec(),
            rng);
}

/// A small encoder for clips of 8 frames of 12 x 12 pixels.
inline std::shared_ptr<Encoder> small_video_encoder(const Rng& rng,
                                                    const std::string& stem = "small") {
  return find_encoder("video_resnet")
      .make({{"stem", stem},
             {"filters", {8}},
             {"blocks", {1}},
             {"time_kernels", {3}},
             {"group_width", 4}},
            MovingSquares(1, 8, 12).spec(), rng);
}

/// Options that make each method of the table small enough for a test.
inline Json small_options(const std::string& method) {
  if (method == "joint")
    return {{"methods",
             {{{"name", "spectrum_prediction"}, {"hidden", 16}, {"weight", 0.5}},
              {{"name", "transformation_prediction"}, {"hidden", 16}, {"tasks", {"negation"}}}}}};
  if (method == "transformation_prediction")
    return {{"hidden", 16}, {"tasks", {"negation", "time_flip", "jitter"}}};
  if (method == "transformation_recognition") return {{"hidden", 16}, {"dropout", 0.0}};
  if (method == "simclr") return {{"projector", {16, 8}}};
  if (method == "barlow_twins" || method == "byol") return {{"projector", {16, 16}}};
  if (method == "rotation") return {{"augment", Json::array()}};
  if (method == "ssgan") return {{"n_dis", 1}, {"generator", {{"width", 0.0625}, {"noise", 8}}}};
  if (method == "vicreg") return {{"expander", {16, 16}}};
  if (method == "ts2vec") return {{"mask", 0.3}};
  if (method == "cpc") return {{"steps", 3}, {"negatives", "same_sequence"}};
  if (method == "image_cpc")
    return {{"context_width", 8},
            {"context_layers", 1},
            {"target_width", 8},
            {"augment", Json::array()},
            {"augment_patches", Json::array()}};
  if (method == "dpc")
    return {{"blocks", 4},
            {"predicted", 2},
            {"hidden", 8},
            {"dropout", 0.0},
            {"augment", Json::array()}};
  if (method == "speed_prediction") return {{"augment", Json::array()}};
  if (method == "clip_order")
    return {{"clips", 2}, {"hidden", 16}, {"dropout", 0.0}, {"augment", Json::array()}};
  if (method == "masked_autoencoder") return {{"decoder", {{"width", 16}, {"heads", 2}}}};
  if (method == "scarf") return {{"projector", {16, 8}}, {"share", 0.2}, {"temperature", 0.1}};
  if (method == "subtab")
    return {{"hidden", 16},
            {"projector", {16, 8}},
            {"distance_weight", 0.1},
            {"contrastive_weight", 0.1}};
  return {{"hidden", 16}};
}

/// Signals where the method learns from them, or else its first kind of rows.
inline Modality kind_for(const std::string& method) {
  const std::vector<Modality>& takes = find_method(method).modalities;
  const bool signals = std::find(takes.begin(), takes.end(), Modality::signal) != takes.end();
  return signals ? Modality::signal : takes.at(0);
}

/// Rows that a method learns from, of that kind.
inline std::shared_ptr<const Dataset> rows_for(const std::string& method, int64_t rows,
                                               uint64_t seed = 1) {
  if (kind_for(method) == Modality::table) return std::make_shared<const TableRows>(rows, seed);
  if (kind_for(method) == Modality::image)
    return std::make_shared<const Pictures>(rows, method == "ssgan" ? 32 : 16, seed);
  if (kind_for(method) == Modality::video)
    return std::make_shared<const MovingSquares>(rows, 8, 12, seed);
  const double rate_hz = method == "heart_prediction" ? 100 : 25;  // beats want 50 Hz and more
  return std::make_shared<const Waves>(rows, seed, rate_hz);
}
inline Batch batch_for(const std::string& method, int64_t rows) {
  return all_of(*rows_for(method, rows));
}

/// A small encoder of those rows.
inline std::shared_ptr<Encoder> small_encoder_for(const std::string& method, const Rng& rng,
                                                  double dropout = 0) {
  if (kind_for(method) == Modality::table) return small_table_encoder(rng, dropout);
  if (method == "ssgan") return small_discriminator(rng);
  if (method == "image_cpc") return small_patch_encoder(rng);
  if (kind_for(method) == Modality::image) return small_image_encoder(rng);
  if (kind_for(method) == Modality::video)
    return small_video_encoder(rng, method == "dpc" ? "large" : "small");
  if (method == "ts2vec") return small_step_encoder(rng, dropout);
  if (method == "cpc") return small_cpc_encoder(rng);
  return method == "masked_autoencoder" ? small_token_encoder(rng) : small_encoder(rng, dropout);
}

inline std::shared_ptr<Method> small_method(const std::string& name, double dropout = 0) {
  const Rng rng(7);
  return find_method(name).make(
      small_options(name),
      {rows_for(name, 1)->spec(), small_encoder_for(name, rng.stream("encoder"), dropout),
       rng.stream("method"), 2});
}

/// The loss of a batch with the draws of one seed.
inline Loss loss_of(Method& method, const Batch& batch, uint64_t seed) {
  Rng draws(seed);
  const SingleProcess world;
  Step step{0, 0, draws, world};
  return method.loss(batch, step);
}

}  // namespace tacit
