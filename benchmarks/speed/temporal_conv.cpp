// SPDX-License-Identifier: Apache-2.0
//
// What stands between the temporal convolutions and the machine's limits, and what they cost
// against window length, channels, batch and threads. Prints the page benchmarks/speed/RESULTS.md.
// Usage: speed_temporal_conv [rounds = 7] > benchmarks/speed/RESULTS.md
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tacit/core/memory.h"
#include "tacit/kernels/conv_chain.h"
#include "tacit/kernels/correlation.h"
#include "tacit/kernels/fast_fir.h"

namespace {

using at::Tensor;
using tacit::kernels::ConvLayer;

int rounds = 7;

template <class Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Median seconds, after one run that does not count.
template <class Work>
double time_of(const Work& work) {
  work();
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) times.push_back(seconds_of(work));
  return median(times);
}

/// Times of two works, taken by turns.
template <class First, class Second>
std::pair<double, double> times_of(const First& first, const Second& second) {
  first(), second();
  std::vector<double> a, b;
  for (int round = 0; round < rounds; ++round) {
    a.push_back(seconds_of(first));
    b.push_back(seconds_of(second));
  }
  return {median(a), median(b)};
}

/// Operations a second of a large product of float matrices.
double product_rate() {
  constexpr int64_t kSize = 2048;
  const Tensor a = at::randn({kSize, kSize}), b = at::randn({kSize, kSize});
  Tensor c = at::empty({kSize, kSize});
  return 2.0 * kSize * kSize * kSize / time_of([&] { at::mm_out(c, a, b); });
}

/// Bytes a second, read and written, of a copy that no cache holds.
double memory_rate() {
  const Tensor from = at::zeros({64 << 20});
  Tensor to = at::zeros({64 << 20});
  return 2.0 * 4 * (64 << 20) / time_of([&] { to.copy_(from); });
}

struct Shape {
  const char* network;
  int time, channels, outputs, width;
  bool same;
};

Tensor weights(int64_t outputs, int64_t channels, int64_t width) {
  return (at::randn({outputs, channels, width}) * 0.05).requires_grad_();
}

void print_layers(double product, double memory) {
  constexpr int64_t kWindows = 64;
  std::printf(
      "| layer | GFLOP a window | ways | multiplied | FLOP a byte | roof | forward | done | of "
      "the product | forward + backward |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const Shape& s : std::vector<Shape>{{"motion", 400, 3, 32, 24, false},
                                           {"motion", 377, 32, 64, 16, false},
                                           {"motion", 362, 64, 96, 8, false},
                                           {"ECG", 2560, 1, 32, 32, true},
                                           {"ECG", 2560, 32, 32, 32, true},
                                           {"ECG", 1277, 32, 64, 16, true},
                                           {"ECG", 1277, 64, 64, 16, true},
                                           {"ECG", 635, 64, 128, 8, true},
                                           {"ECG", 635, 128, 128, 8, true}}) {
    const Tensor x = at::randn({kWindows, s.time, s.channels}).requires_grad_();
    const ConvLayer layer{.weight = weights(s.outputs, s.channels, s.width),
                          .bias = at::zeros({s.outputs}).requires_grad_(),
                          .same = s.same};
    const int steps = s.same ? s.time : s.time - s.width + 1;
    const double work = 2.0 * steps * s.channels * s.width * s.outputs;
    const double bytes = 4.0 * (s.time * s.channels + steps * s.outputs);
    const int ways = tacit::kernels::Filters{s.outputs, s.channels, s.width, 1}.ways();
    const double multiplied =
        static_cast<double>(tacit::kernels::parts(ways)) / static_cast<double>(ways * ways);
    const double forward = time_of([&] {
      const c10::AutoGradMode no_grad(false);
      tacit::kernels::conv_chain(x, {layer}, false);
    });
    const double both = time_of([&] {
      const Tensor y = tacit::kernels::conv_chain(x, {layer}, false);
      torch::autograd::grad({y.sum()}, {x, layer.weight, layer.bias});
    });
    const double rate = kWindows * work / forward;
    const double roof = std::min(product, work * multiplied / bytes * memory) / multiplied;
    std::printf(
        "| %s %d → %d, k %d | %.3f | %d | %.0f%% | %.0f | %.0f | %.0f | %.0f | %.0f%% | %.0f |\n",
        s.network, s.channels, s.outputs, s.width, work / 1e9, ways, 100 * multiplied, work / bytes,
        roof / 1e9, rate / 1e9, rate * multiplied / 1e9, 100 * rate * multiplied / product,
        kWindows * 3 * work / both / 1e9);
  }
}

/// The trunk of the motion network on windows of [channels, time], ours and in PyTorch's
/// operations.
struct Trunk {
  std::vector<ConvLayer> layers;
  std::vector<Tensor> parameters;
  Tensor x, channels_last;

  Trunk(int64_t windows, int64_t time, int64_t channels) {
    for (const auto& [inputs, outputs, width] :
         std::vector<std::array<int64_t, 3>>{{channels, 32, 24}, {32, 64, 16}, {64, 96, 8}}) {
      layers.push_back({.weight = weights(outputs, inputs, width),
                        .bias = at::zeros({outputs}).requires_grad_()});
      parameters.push_back(layers.back().weight);
      parameters.push_back(layers.back().bias);
    }
    x = at::randn({windows, channels, time});
    channels_last = x.transpose(1, 2).contiguous();
  }
  Tensor ours() const { return tacit::kernels::conv_chain(channels_last, layers, true); }
  Tensor torchs() const {
    Tensor h = x;
    for (const ConvLayer& layer : layers) h = at::conv1d(h, layer.weight, layer.bias).relu();
    return h.amax({2});
  }
  void differentiate(const Tensor& y) const { torch::autograd::grad({y.sum()}, parameters); }
};

void print_cost(int windows, int time, int channels, int threads) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  const Trunk trunk(windows, time, channels);
  const auto [ours, torchs] = [&] {
    const c10::AutoGradMode no_grad(false);
    return times_of([&] { trunk.ours(); }, [&] { trunk.torchs(); });
  }();
  const auto [our_both, torch_both] = times_of([&] { trunk.differentiate(trunk.ours()); },
                                               [&] { trunk.differentiate(trunk.torchs()); });
  const auto count = static_cast<double>(windows);
  std::printf("| %d | %d | %d | %d | %.0f | %.1f | %.0f | %.1f |\n", windows, time, channels,
              threads, count / ours, torchs / ours, count / our_both, torch_both / our_both);
  std::fflush(stdout);
  at::set_num_threads(before);
}

}  // namespace

int main(int count, char** arguments) {
  rounds = count > 1 ? std::atoi(arguments[1]) : 7;
  if (rounds < 1) {
    std::fprintf(stderr, "usage: speed_temporal_conv [rounds = 7]\n");
    return 2;
  }
  tacit::keep_freed_memory();
  const int threads = at::get_num_threads();
  const double product = product_rate(), memory = memory_rate();
  std::printf(
      "# Temporal convolutions against the machine\n\n"
      "Written by `build/release/benchmarks/speed/speed_temporal_conv > "
      "benchmarks/speed/RESULTS.md`\n(configure with `-DTACIT_BENCHMARKS=ON`); %d threads, medians "
      "of %d.\nThis machine: %.0f GFLOP/s in a product of 2048 x 2048 float matrices, %.1f "
      "GB/s "
      "in a copy.\n\n"
      "## Roofline\n\n"
      "Layers by themselves on 64 windows, from memory and back to memory; in a chain their "
      "sequences stay in cache. `ways` is the fast FIR algorithm's, `multiplied` the share of the "
      "written multiplications that it does. `roof`: the rate, in written GFLOP/s, that the "
      "product "
      "or the memory allows, whichever is less. `forward`: the rate reached; `done`: the rate of "
      "the multiplications really done, and its share of the product's. `forward + backward`: all "
      "three gradients, in written GFLOP/s.\n\n",
      threads, rounds, product / 1e9, memory / 1e9);
  print_layers(product, memory);
  std::printf(
      "\n## Cost\n\nThe trunk of the motion network under the global maximum. Windows a "
      "second, and how many times those of PyTorch's operations (`at::conv1d`, relu, "
      "amax), by turns.\n\n| windows | length | channels | threads | forward/s | ratio | "
      "forward + backward/s | ratio |\n|---|---|---|---|---|---|---|---|\n");
  for (const int time : {128, 256, 400, 1024, 2560}) print_cost(64, time, 3, threads);
  for (const int channels : {1, 6, 12, 32}) print_cost(64, 400, channels, threads);
  for (const int windows : {1, 4, 16, 256, 576}) print_cost(windows, 400, 3, threads);
  for (int fewer = threads / 2; fewer >= 1; fewer /= 2) print_cost(64, 400, 3, fewer);
  return 0;
}
