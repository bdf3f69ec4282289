// SPDX-License-Identifier: Apache-2.0
//
// The convolutions of the transformation-prediction network, (3 -> 32, k 24), (32 -> 64, k 16),
// (64 -> 96, k 8), each with ReLU, then the maximum over time, forward and backward on windows of
// [3, 400]: our kernels against at::conv1d with its own layout, by turns in the same run.
// Usage: temporal_conv [windows = 576] [rounds = 7]
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "tacit/kernels/conv_chain.h"

namespace {

using at::Tensor;

struct Layer {
  Tensor weight, bias;
};

std::vector<Layer> make_layers() {
  std::vector<Layer> layers;
  for (const auto& [inputs, outputs, width] :
       std::vector<std::array<int64_t, 3>>{{3, 32, 24}, {32, 64, 16}, {64, 96, 8}}) {
    layers.push_back({(at::randn({outputs, inputs, width}) * 0.05).requires_grad_(),
                      at::zeros({outputs}).requires_grad_()});
  }
  return layers;
}

Tensor ours(const std::vector<Layer>& layers, const Tensor& x /*[N, T, C]*/) {
  std::vector<tacit::kernels::ConvLayer> chain;
  for (const Layer& layer : layers) chain.push_back({.weight = layer.weight, .bias = layer.bias});
  return tacit::kernels::conv_chain(x, chain, /*global_max=*/true);
}

Tensor torchs(const std::vector<Layer>& layers, Tensor x /*[N, C, T]*/) {
  for (const Layer& layer : layers) x = at::conv1d(x, layer.weight, layer.bias).relu();
  return x.amax({2});
}

struct Seconds {
  double forward, all;
};

Seconds measure(const std::function<Tensor()>& forward, const std::vector<Layer>& layers) {
  std::vector<Tensor> parameters;
  for (const Layer& layer : layers) {
    parameters.push_back(layer.weight);
    parameters.push_back(layer.bias);
  }
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto since = [&](auto start) {
    return std::chrono::duration<double>(now() - start).count();
  };
  const auto start = now();
  const Tensor y = forward();
  const double forward_seconds = since(start);
  torch::autograd::grad({y.sum()}, parameters);
  return {forward_seconds, since(start)};
}

Seconds median(std::vector<Seconds> times) {
  const auto middle = [&](double Seconds::*part) {
    std::ranges::sort(times, {}, part);
    return times[times.size() / 2].*part;
  };
  return {middle(&Seconds::forward), middle(&Seconds::all)};
}

}  // namespace

int main(int count, char** arguments) {
  const int windows = count > 1 ? std::atoi(arguments[1]) : 576;
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 7;
  if (windows < 1 || rounds < 1) {
    std::fprintf(stderr, "usage: temporal_conv [windows = 576] [rounds = 7]\n");
    return 2;
  }
  const std::vector<Layer> layers = make_layers();
  const Tensor x = at::randn({windows, 3, 400});
  const Tensor channels_last = x.transpose(1, 2).contiguous();
  const auto run_ours = [&] { return ours(layers, channels_last); };
  const auto run_torchs = [&] { return torchs(layers, x); };
  measure(run_ours, layers), measure(run_torchs, layers);
  std::vector<Seconds> our_times, torch_times;
  for (int round = 0; round < rounds; ++round) {
    our_times.push_back(measure(run_ours, layers));
    torch_times.push_back(measure(run_torchs, layers));
  }
  const Seconds a = median(our_times), b = median(torch_times);
  std::printf("%d windows of [3, 400], %d threads, median of %d\n", windows, at::get_num_threads(),
              rounds);
  std::printf("forward             tacit %6.0f, at::conv1d %6.0f windows/s, ratio %.2f\n",
              windows / a.forward, windows / b.forward, b.forward / a.forward);
  std::printf("forward + backward  tacit %6.0f, at::conv1d %6.0f windows/s, ratio %.2f\n",
              windows / a.all, windows / b.all, b.all / a.all);
}
