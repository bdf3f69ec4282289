// SPDX-License-Identifier: Apache-2.0
#include "tacit/report/display_name.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace tacit {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kNames{{
    {"self_supervised_frozen", "self-supervised, frozen"},
    {"self_supervised_finetuned", "self-supervised, fine-tuned"},
    {"self_supervised_forest", "self-supervised, random forest"},
    {"self_supervised_and_classical", "self-supervised and classical, random forest"},
    {"self_supervised_knn", "self-supervised, nearest neighbours"},
    {"random_forest", "random forest on classical features"},
    {"logistic_regression", "logistic regression on classical features"},
    {"weighted_f1", "weighted F1"},
    {"auroc", "AUROC"},
    {"macro_f1", "macro F1"},
    {"kappa", "Cohen’s kappa"},
    {"r2", "R²"},
    {"rmse", "RMSE"},
    {"mae", "MAE"},
}};

}  // namespace

std::string display_name(const std::string& key) {
  for (const auto& [known, name] : kNames)
    if (known == key) return std::string(name);
  std::string spaced = key;
  std::replace(spaced.begin(), spaced.end(), '_', ' ');
  return spaced;
}

}  // namespace tacit
