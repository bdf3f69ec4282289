// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <torch/nn/module.h>

#include <map>
#include <string>

#include "tacit/core/spec.h"

namespace tacit {

/// An exponential moving average of a module's parameters and buffers: Polyak & Juditsky 1992. What
/// is no floating-point number is taken as it is.
class WeightAverage {
 public:
  /// Starts at the module's weights. decay in 0 … 1, exclusive.
  WeightAverage(const torch::nn::Module& module, double decay);

  /// To be called after step `step`, counted from 0. Early steps decay faster, by
  /// min(decay, (1 + step) / (10 + step)), so that the first weights are soon forgotten.
  void update(const torch::nn::Module& module, int64_t step);
  const std::map<std::string, Tensor>& weights() const { return weights_; }
  /// Throws StateError when `saved` is not the average of such a module.
  void restore(const std::map<std::string, Tensor>& saved);

 private:
  double decay_;
  std::map<std::string, Tensor> weights_;
};

/// A module with averaged weights for as long as it lives; nothing happens without an average.
class AveragedModule {
 public:
  AveragedModule(torch::nn::Module& module, const WeightAverage* average);
  ~AveragedModule();
  AveragedModule(const AveragedModule&) = delete;
  AveragedModule& operator=(const AveragedModule&) = delete;

 private:
  torch::nn::Module& module_;
  std::map<std::string, Tensor> own_;
};

}  // namespace tacit
