// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <memory>
#include <vector>

#include "tacit/core/rng.h"
#include "tacit/core/spec.h"

namespace tacit {
namespace onnx {
class Graph;
struct Value;
}  // namespace onnx

/// Hidden layers, each Dense -> ReLU -> dropout, and a Dense one; that alone when hidden is 0.
class MlpHead final : public torch::nn::Module {
 public:
  /// `layers`: hidden ones; `dropout`: share of each one's outputs dropped while training.
  MlpHead(int64_t features, int64_t hidden, int64_t outputs, const Rng& rng, int64_t layers = 1,
          double dropout = 0);
  /// x: [N, features] -> [N, outputs].
  Tensor forward(const Tensor& x) const;
  /// The same as a part of an ONNX graph.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;

 private:
  struct Dense {
    Tensor weight, bias;  // [out, in], [out]
  };

  double dropout_;
  std::vector<Dense> hidden_;
  Dense last_;
};

struct ClassifierConfig {
  int64_t features = 1;       ///< D
  int64_t hidden = 0;         ///< width of the hidden layers; 0: a linear head
  int64_t classes = 2;        ///< K; 0: one number instead
  double dropout = 0;         ///< share of features dropped while training
  int64_t layers = 1;         ///< hidden ones
  double hidden_dropout = 0;  ///< share of each hidden layer's outputs dropped while training
};

/// From features to classes, or to a number: shifts and scales the features, drops some while
/// training, and weighs them with an MlpHead. Shift is 0 and scale 1 unless set() says otherwise. A
/// number is what the MlpHead says in deviations from a mean, which are 1 and 0 until set_units().
class ClassifierHead final : public torch::nn::Module {
 public:
  ClassifierHead(const ClassifierConfig& config, const Rng& rng);
  /// x: [N, D] -> logits [N, K], or numbers [N, 1].
  Tensor forward(const Tensor& x) const;
  /// The same as a part of an ONNX graph, in eval mode.
  onnx::Value emit(onnx::Graph& graph, const onnx::Value& x) const;
  /// Starts a head without a hidden layer from a solution. shift, scale: [D], kept for good;
  /// weight: [K, D]; bias: [K]. Throws ShapeError.
  void set(const Tensor& shift, const Tensor& scale, const Tensor& weight, const Tensor& bias);
  /// Of a head of numbers: mean and deviation of those it learns, kept for good. Throws StateError
  /// for a head of classes.
  void set_units(double mean, double deviation);
  bool tells_number() const { return deviation_.defined(); }
  const Tensor& deviation() const { return deviation_; }  ///< [1]; undefined of classes

 private:
  double dropout_;
  Tensor shift_, scale_;     // [D]
  Tensor mean_, deviation_;  // [1] of numbers, else undefined
  std::shared_ptr<MlpHead> head_;
};

struct TaskHeadsConfig {
  int64_t features = 1;       ///< D
  int64_t hidden = 1;         ///< H, width of each hidden layer
  int64_t tasks = 1;          ///< S
  int64_t layers = 1;         ///< hidden ones
  double negative_slope = 0;  ///< of their (leaky) ReLU
  double dropout = 0;         ///< share of each hidden layer's outputs dropped while training
};

/// One head with a single output for each of S tasks, computed together: hidden layers, each Dense
/// -> (leaky) ReLU -> dropout, and a Dense one. The first layers are one product, the others
/// batched.
class TaskHeads final : public torch::nn::Module {
 public:
  TaskHeads(const TaskHeadsConfig& config, const Rng& rng);
  /// x: [N, features] -> logits [N, tasks].
  Tensor forward(const Tensor& x) const;

 private:
  Tensor activate(const Tensor& x) const;

  TaskHeadsConfig config_;
  Tensor hidden_weight_, hidden_bias_;               // [S * H, D], [S * H]
  std::vector<Tensor> deeper_weight_, deeper_bias_;  // [S, H, H], [S, 1, H]: in, out
  Tensor weight_, bias_;                             // [S, H], [S]
};

}  // namespace tacit
