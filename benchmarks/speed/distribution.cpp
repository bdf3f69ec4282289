// SPDX-License-Identifier: Apache-2.0
// The share of a training step that goes into communication. Start it as a training is started:
//   torchrun --no-python --nproc-per-node 2 build/release/benchmarks/speed/speed_distribution
// The time includes waiting for slower processes. One process prints what the others have to beat.
#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "tacit/dist/world.h"
#include "tacit/nn/registry.h"
#include "tacit/train/trainer.h"

namespace {

using namespace tacit;
using Clock = std::chrono::steady_clock;

/// Passes everything on and adds up the time that it takes.
class Timed final : public Communicator {
 public:
  explicit Timed(const Communicator& world) : world_(world) {}
  int64_t rank() const override { return world_.rank(); }
  int64_t size() const override { return world_.size(); }
  Tensor mean(const Tensor& x) const override {
    return timed([&] { return world_.mean(x); });
  }
  Tensor gather(const Tensor& x) const override {
    return timed([&] { return world_.gather(x); });
  }
  Tensor sum(const Tensor& x) const override {
    return timed([&] { return world_.sum(x); });
  }
  Tensor broadcast(const Tensor& x) const override {
    return timed([&] { return world_.broadcast(x); });
  }
  mutable double seconds = 0;

 private:
  template <class Collective>
  Tensor timed(const Collective& collective) const {
    const auto start = Clock::now();
    const Tensor result = collective();
    seconds += std::chrono::duration<double>(Clock::now() - start).count();
    return result;
  }
  const Communicator& world_;
};

/// Windows of noise as long as those of a phone at 50 Hz in 8 s: the time does not depend on
/// content.
class Noise final : public Dataset {
 public:
  explicit Noise(int64_t rows) : x_(at::randn({rows, 6, 400})) {}
  const Spec& spec() const override { return spec_; }
  int64_t size() const override { return x_.size(0); }
  Batch read(std::span<const int64_t> rows) const override {
    const Tensor wanted = at::zeros({static_cast<int64_t>(rows.size())}, at::kLong);
    std::copy(rows.begin(), rows.end(), wanted.mutable_data_ptr<int64_t>());
    return {x_.index_select(0, wanted), at::zeros_like(wanted), wanted};
  }

 private:
  Spec spec_{Modality::signal, {6, 400}, 50, {"ax", "ay", "az", "gx", "gy", "gz"}};
  Tensor x_;
};

void measure(const std::string& name, const Communicator& world) {
  const Noise data(640);
  const Rng rng(1);
  const auto method = find_method(name).make(
      Json::object(),
      {data.spec(), find_encoder("temporal_conv").make(Json::object(), data.spec(), rng), rng});
  const Timed timed(world);
  double before = 0;  // of the first epoch, which warms up
  auto start = Clock::now();
  Surroundings around;
  around.progress = [&](const Progress& progress) {
    if (progress.epoch == 0 && progress.batch == progress.batches)
      before = timed.seconds, start = Clock::now();
  };
  TrainConfig config;
  config.epochs = 4;
  const TrainResult result = Trainer(config, rng, timed).fit(*method, data, nullptr, around);
  const double all = std::chrono::duration<double>(Clock::now() - start).count();
  const auto steps = static_cast<double>(result.steps * 3) / 4;
  if (world.rank() != 0) return;
  std::cout << name << ": " << world.size() << " process(es), " << at::get_num_threads()
            << " thread(s) each, " << 1000 * all / steps << " ms a step of 64 windows, of which "
            << 100 * (timed.seconds - before) / all << " % communication\n";
}

}  // namespace

int main() {
  const auto world = join_world();
  for (const char* name : {"transformation_prediction", "spectrum_prediction", "autoencoder"})
    measure(name, *world);
}
