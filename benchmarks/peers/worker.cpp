// SPDX-License-Identifier: Apache-2.0
//
// Our side of benchmarks/peers/compare. Reads names of works from standard input, one a line, does
// one repetition of each and answers with a number: seconds, or for `step_memory` the bytes by
// which a training step raised the peak of the process' memory. What a work needs is made when it
// is first named, outside the time. `onnx PATH` writes the encoder as an ONNX model instead.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "tacit/core/error.h"
#include "tacit/core/memory.h"
#include "tacit/data/dataset.h"
#include "tacit/dist/communicator.h"
#include "tacit/methods/transformation_prediction.h"
#include "tacit/nn/heads.h"
#include "tacit/nn/temporal_conv.h"
#include "tacit/onnx/model.h"
#include "tacit/train/device.h"
#include "tacit/train/optimizer.h"
#include "tacit/train/trainer.h"

namespace {

using namespace tacit;
using Work = std::function<void()>;

constexpr int64_t kBatch = 576;         // examples a step of the motion network
constexpr int64_t kEcgBatch = 64;       // windows a step of the ECG network
constexpr int64_t kEpochWindows = 256;  // windows an epoch; with its copies each makes 9 examples
constexpr int64_t kTasks = 8;
constexpr int64_t kEcgTasks = 7;

const Spec kMotion{Modality::signal, {3, 400}, 50, {"x", "y", "z"}};
const Spec kEcg{Modality::signal, {1, 2560}, 256, {"ecg"}};

/// methods.md's network for ECG: Sarkar & Etemad 2019.
TemporalConvConfig ecg_network() {
  return {.filters = {32, 32, 64, 64, 128, 128},
          .kernels = {32, 32, 16, 16, 8, 8},
          .strides = {1, 1, 1, 1, 1, 1},
          .padding = Padding::same,
          .pool_widths = {1, 8, 1, 8, 1, 1},
          .pool_strides = {1, 2, 1, 2, 1, 1},
          .negative_slope = 0.2,
          .dropout = 0};
}

/// Seven heads of Dense 128 -> Dense 128 -> Dense 1 with leaky ReLU and dropout of 0.6, as products
/// of a batch of seven.
class EcgHeads final : public torch::nn::Module {
 public:
  EcgHeads() {
    for (int64_t layer = 0; layer < 3; ++layer) {
      const int64_t outputs = layer < 2 ? 128 : 1;
      weights_.push_back(
          register_parameter(text("weight{}", layer), at::randn({kEcgTasks, 128, outputs}) * 0.1));
      biases_.push_back(
          register_parameter(text("bias{}", layer), at::zeros({kEcgTasks, 1, outputs})));
    }
  }
  /// [N, 128] -> [N, 7].
  Tensor forward(const Tensor& x) const {
    Tensor h = x.unsqueeze(0).expand({kEcgTasks, x.size(0), x.size(1)});
    for (size_t layer = 0; layer < 3; ++layer) {
      h = at::baddbmm(biases_[layer], h, weights_[layer]);
      if (layer < 2) h = at::dropout(at::leaky_relu(h, 0.2), 0.6, /*train=*/true);
    }
    return h.squeeze(2).t();
  }

 private:
  std::vector<Tensor> weights_, biases_;
};

/// A training step of encoder and heads on one batch: loss, gradients, their norm, Adam.
template <class Heads>
Work training_step(const std::shared_ptr<Encoder>& encoder, const std::shared_ptr<Heads>& heads,
                   int64_t rows, const Spec& spec, int64_t tasks, Precision precision) {
  std::vector<Tensor> parameters = encoder->parameters();
  for (const Tensor& parameter : heads->parameters()) parameters.push_back(parameter);
  const auto optimizer = std::make_shared<Optimizer>(OptimizerConfig{}, parameters);
  const Tensor x = at::randn({rows, spec.shape[0], spec.shape[1]});
  const Tensor target = (at::rand({rows, tasks}) > 0.5).to(at::kFloat);
  encoder->train();
  return [=] {
    optimizer->zero_grad();
    Tensor loss;
    {
      const MixedPrecision mixed(precision, at::kCPU);
      const Tensor logits = heads->forward(encoder->forward(x));
      loss = at::binary_cross_entropy_with_logits(logits.to(at::kFloat), target, {}, {},
                                                  at::Reduction::Mean);
    }
    loss.backward();
    const double norm = optimizer->gradient_norm().template item<double>();
    require<StateError>(std::isfinite(norm), "the gradients are not finite");
    optimizer->step(1);
  };
}

Work motion_step(Precision precision) {
  const auto encoder = std::make_shared<TemporalConv>(TemporalConvConfig{}, kMotion, Rng(1));
  const auto heads = std::make_shared<TaskHeads>(encoder->features(), 256, kTasks, Rng(2));
  return training_step<TaskHeads>(encoder, heads, kBatch, kMotion, kTasks, precision);
}

Work ecg_step(Precision precision) {
  const auto encoder = std::make_shared<TemporalConv>(ecg_network(), kEcg, Rng(1));
  return training_step<EcgHeads>(encoder, std::make_shared<EcgHeads>(), kEcgBatch, kEcg, kEcgTasks,
                                 precision);
}

class Windows final : public Dataset {
 public:
  explicit Windows(int64_t count) : x_(at::randn({count, 3, 400})) {}
  const Spec& spec() const override { return kMotion; }
  int64_t size() const override { return x_.size(0); }
  Batch read(std::span<const int64_t> rows) const override {
    const Tensor row = at::tensor(std::vector<int64_t>(rows.begin(), rows.end()));
    return {x_.index_select(0, row), at::full_like(row, -1), row};
  }

 private:
  Tensor x_;
};

/// An epoch of the paper's pre-training from windows in memory, as `tacit pretrain` runs it.
Work motion_epoch() {
  const auto data = std::make_shared<Windows>(kEpochWindows);
  return [data] {
    const auto encoder = std::make_shared<TemporalConv>(TemporalConvConfig{}, kMotion, Rng(1));
    TransformationPrediction method({}, {kMotion, encoder, Rng(2)});
    TrainConfig config;
    config.epochs = 1;
    config.batch_size = kBatch / (kTasks + 1);
    Trainer(config, Rng(3), SingleProcess()).fit(method, *data, nullptr);
  };
}

Work embedding(int64_t rows) {
  const auto encoder = std::make_shared<TemporalConv>(TemporalConvConfig{}, kMotion, Rng(1));
  encoder->eval();
  const Tensor x = at::randn({rows, 3, 400});
  return [=] {
    const c10::AutoGradMode no_grad(false);
    encoder->forward(x);
  };
}

Work product() {
  const Tensor a = at::randn({2048, 2048}), b = at::randn({2048, 2048});
  const Tensor c = at::empty({2048, 2048});
  return [=] {
    Tensor out = c;
    at::mm_out(out, a, b);
  };
}

void write_encoder(const std::string& path) {
  const TemporalConv encoder({}, kMotion, Rng(1));
  onnx::Graph graph("motion");
  const onnx::Value x = graph.input("signal", kMotion.shape);
  graph.output("features", encoder.emit(graph, x), {encoder.features()});
  std::ofstream(path, std::ios::binary) << onnx::write_model(graph);
}

double status_kilobytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stod(line.substr(key.size() + 1));
  }
  throw StateError(text("/proc/self/status has no {}", key));
}

/// Bytes by which the first step of a process raises its peak.
double step_memory() {
  const Work step = motion_step(Precision::fp32);
  const double before = status_kilobytes("VmRSS");
  step();
  return (status_kilobytes("VmHWM") - before) * 1024;
}

const std::map<std::string, std::function<Work()>> kWorks{
    {"tpn_step_fp32", [] { return motion_step(Precision::fp32); }},
    {"tpn_step_bf16", [] { return motion_step(Precision::bf16); }},
    {"tpn_epoch", motion_epoch},
    {"embed_256", [] { return embedding(256); }},
    {"embed_1", [] { return embedding(1); }},
    {"ecg_step_fp32", [] { return ecg_step(Precision::fp32); }},
    {"ecg_step_bf16", [] { return ecg_step(Precision::bf16); }},
    {"conv_forward", [] { return embedding(kBatch); }},
    {"gemm", product},
};

double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double answer(const std::string& name) {
  static std::map<std::string, Work> made;
  if (name == "step_memory") return step_memory();
  const auto found = made.find(name);
  if (found != made.end()) return seconds_of(found->second);
  const auto entry = kWorks.find(name);
  require<ConfigError>(entry != kWorks.end(), "there is no work called \"{}\"", name);
  const Work& work = made.emplace(name, entry->second()).first->second;
  work();  // warms caches and thread pools
  return seconds_of(work);
}

}  // namespace

int main() {
  keep_freed_memory();
  try {
    for (std::string line; std::getline(std::cin, line);) {
      if (line.starts_with("onnx ")) {
        write_encoder(line.substr(5));
        std::cout << 0 << std::endl;
      } else {
        std::cout << answer(line) << std::endl;
      }
    }
  } catch (const std::exception& error) {
    std::cerr << "peers_worker: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
