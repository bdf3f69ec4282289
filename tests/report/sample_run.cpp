// SPDX-License-Identifier: Apache-2.0
#include "tests/report/sample_run.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>

#include <cmath>
#include <string>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/files.h"
#include "tacit/core/json.h"
#include "tacit/report/png.h"

namespace tacit {
namespace {

const std::vector<std::string> kClasses{"dws", "jog", "sit", "std", "ups", "wlk"};
const std::vector<std::string> kLabels{"2", "5", "10", "50", "100", "all"};

struct Curve {
  std::string model;
  std::vector<double> means;  // one a label count
};
const std::vector<Curve> kCurves{
    {"self_supervised_frozen", {0.741, 0.823, 0.868, 0.902, 0.910, 0.915}},
    {"self_supervised_finetuned", {0.763, 0.861, 0.912, 0.938, 0.944, 0.951}},
    {"supervised", {0.521, 0.676, 0.790, 0.915, 0.935, 0.949}},
    {"random_encoder", {0.402, 0.498, 0.561, 0.640, 0.668, 0.691}},
    {"autoencoder", {0.588, 0.664, 0.721, 0.779, 0.802, 0.818}},
    {"random_forest", {0.610, 0.702, 0.760, 0.851, 0.868, 0.880}}};

/// A wave between -1 and 1 in place of noise: the sample is the same on every machine.
double wave(double i) { return std::sin(12.9898 * i) * std::cos(4.1414 * i); }

Json run_json() {
  return Json::parse(R"({
    "title": "MotionSense, few labels", "command": "tacit run recipes/motion_sense.toml --seed 1",
    "started": "2026-11-24T03:20:00Z", "finished": "2026-11-24T03:47:00Z", "simulated": true,
    "recipe": {"seed": 1, "data": {"folder": "motion_sense", "rate_hz": 50, "window_seconds": 2.0},
               "method": {"name": "transformation_prediction", "jitter": {"sigma": 0.05}},
               "train": {"epochs": 30, "learning_rate": 0.0003, "weight_decay": null}},
    "versions": {"tacit": "0.1.0", "commit": "1a2b3c4d5e6f", "torch": "2.13.0"},
    "machine": {"processor": "a processor with a long name @ 2.60 GHz", "threads": 2},
    "split": [{"part": "train", "groups": ["1","2","3","5","6","8","9","11","12","13","14","16","18",
                                           "19","21","22"], "windows": 4168},
              {"part": "validation", "groups": ["4","7","10"], "windows": 1103},
              {"part": "test", "groups": ["15","17","20","23","24"], "windows": 1360}],
    "notes": ["Windows that touch two activities are left out."],
    "data": {"recordings": 360, "subjects": 24, "hours": 7.8, "windows": 6631, "classes":
      {"dws": 640, "jog": 660, "sit": 1571, "std": 1430, "ups": 745, "wlk": 1585}}})");
}

std::string metrics_lines() {
  std::string lines;
  for (const int seed : {1, 2}) {
    for (int epoch = 0; epoch < 30; ++epoch) {
      const double fade = std::exp(-epoch / 7.0), noise = wave(epoch + 100 * seed);
      Json line{{"stage", text("pretrain/transformation_prediction/seed {}", seed)},
                {"epoch", epoch},
                {"step", 81 * (epoch + 1)},
                {"train", {{"loss", 0.18 + 0.42 * fade}}},
                {"validation", {{"loss", 0.24 + 0.38 * fade + 0.012 * noise}}},
                {"embedding", {{"std", 0.31 - 0.2 * fade}, {"rank", 41 - 25 * fade + noise}}},
                {"learning_rate", 3e-4}};
      for (const std::string task : {"jitter", "scale", "rotate", "negate", "time_flip", "permute",
                                     "time_warp", "channel_shuffle"})
        line["validation"][task + "/accuracy"] =
            0.995 - (0.3 + 0.03 * static_cast<double>(task.size() % 5)) * fade - 0.006 * noise;
      if (epoch == 12) line["validation"]["loss"] = nullptr;
      lines += line.dump() + "\n";
    }
  }
  return lines;
}

Json scores() {
  Json cells = Json::object();
  for (const auto& [metric, shift] : std::vector<std::pair<std::string, double>>{
           {"weighted_f1", 0}, {"accuracy", 0.004}, {"macro_f1", -0.021}, {"kappa", -0.05}}) {
    for (const Curve& curve : kCurves) {
      for (size_t i = 0; i < kLabels.size(); ++i) {
        const double mean = curve.means[i] + shift;
        const double deviation = 0.045 / static_cast<double>(i + 1) + 0.004;
        cells[metric + "/" + curve.model + "/" + kLabels[i]] = {{"mean", mean},
                                                                {"std", deviation},
                                                                {"low", mean - 1.24 * deviation},
                                                                {"high", mean + 1.24 * deviation},
                                                                {"n", 5},
                                                                {"values", {mean, nullptr}}};
      }
    }
  }
  cells["weighted_f1/autoencoder/50"] = {{"mean", nullptr}, {"std", nullptr}, {"n", 0}};
  return cells;
}

Json embedding_map() {
  Json x = Json::array(), y = Json::array(), label = Json::array();
  for (int i = 0; i < 900; ++i) {
    const int group = i % 6;
    const double angle = group * 1.047, radius = 2.4 + 0.9 * wave(i);
    const double turn = angle + 0.45 * wave(3 * i + 1);
    x.push_back(radius * std::cos(turn));
    y.push_back(radius * std::sin(turn));
    label.push_back(group);
  }
  return {{"x", x}, {"y", y}, {"label", label}, {"model", "self_supervised_frozen"}};
}

/// Scores against what was learned from without labels, at two numbers of labels.
Json unlabelled() {
  Json amounts = Json::array(), cells = Json::object();
  for (const double share : {0.1, 0.5, 1.0}) {
    amounts.push_back({{"share", share}, {"rows", 4168 * share}, {"seconds", 5400 * share}});
    for (const char* labels : {"2", "10"}) {
      const double mean = 0.95 - 0.06 / std::sqrt(share) - (labels[1] == '0' ? 0 : 0.12);
      cells[text("self_supervised_frozen/{}/{}", labels, share)] = {
          {"mean", mean}, {"std", 0.01}, {"low", mean - 0.01}, {"high", mean + 0.01}, {"n", 5}};
    }
  }
  return {{"unit", "seconds"},
          {"amounts", amounts},
          {"scores", cells},
          {"power_laws", {{{"sentence", "The error falls with the power 0.50."}}}},
          {"break_even", {{{"sentence", "With 2 labels, 90 minutes equal 7 labels."}}}}};
}

Json results_json() {
  Json models = Json::array();
  for (const Curve& curve : kCurves) models.push_back(curve.model);
  return {{"metric", "weighted_f1"},
          {"labels", {2, 5, 10, 50, 100, "all"}},
          {"classes", kClasses},
          {"scores", scores()},
          {"models", models},
          {"label_equivalence",
           {{{"model", "self_supervised_finetuned"},
             {"labels", 10},
             {"sentence", "Fine-tuned on 10 labels a class it equals supervised training on 42."},
             {"factor", 4.2}}}},
          {"confusion",
           {{"model", "self_supervised_finetuned"},
            {"labels", "10"},
            {"matrix",
             {{118, 1, 0, 0, 9, 7},
              {0, 140, 0, 0, 0, 2},
              {0, 0, 310, 6, 0, 0},
              {0, 0, 11, 277, 1, 0},
              {14, 0, 0, 0, 129, 8},
              {12, 3, 0, 0, 19, 293}}}}},
          {"unlabelled", unlabelled()},
          {"embedding_map", embedding_map()}};
}

std::string gan_metrics_lines() {
  std::string lines;
  for (int epoch = 0; epoch < 12; ++epoch) {
    const double fade = std::exp(-epoch / 4.0), noise = 0.03 * wave(epoch);
    Json line{{"stage", "pretrain/ssgan"},
              {"epoch", epoch},
              {"embedding", {{"std", 0.3 + noise}, {"rank", 20 + 10 * fade}}},
              {"discriminator", {{"sigma", 3 - fade}}},
              {"generator",
               {{"diversity", 0.9 - 0.7 * fade},
                {"fid", 20 + 150 * fade},
                {"kid", 0.01 + 0.1 * fade},
                {"precision", 0.8 - 0.7 * fade},
                {"recall", 0.5 - 0.4 * fade}}}};
    for (const char* part : {"train", "validation"})
      line[part] = {{"discriminator/loss", 1.8 - 0.4 * fade + noise},
                    {"discriminator/rotation_real/accuracy", 0.9 - 0.5 * fade},
                    {"generator/loss", 0.4 + noise},
                    {"generator/rotation_fake/accuracy", 0.8 - 0.5 * fade}};
    if (epoch == 0) line["generator"]["kid"] = nullptr;
    lines += line.dump() + "\n";
  }
  return lines;
}

/// A picture whose colours run from corner to corner.
std::string gan_picture(int64_t epoch) {
  const at::Tensor across = at::arange(96, at::kFloat), down = across.unsqueeze(1);
  const at::Tensor shade = across.expand({96, 96}) * 2;
  return encode_png(at::stack({shade, (down * 2).expand({96, 96}), shade / epoch}).to(at::kByte));
}

}  // namespace

void write_sample_run(const std::filesystem::path& folder) {
  create_folder(folder);
  Json run = run_json();
  run["notes"].push_back(text("A note may hold anything: {}", kHostile));
  write_file(folder / "run.json", {run.dump(1)});
  write_file(folder / "metrics.jsonl", {metrics_lines()});
  write_file(folder / "results.json", {results_json().dump(1)});
}

void write_sample_gan_run(const std::filesystem::path& folder) {
  create_folder(folder / "samples");
  write_file(folder / "run.json", {R"({"title": "Pictures out of noise", "verb": "pretrain",
    "started": "2026-11-24T03:20:00Z", "finished": "2026-11-24T05:47:00Z",
    "recipe": {"method": {"name": "ssgan"}, "generator": {"extractor": "runs/eyes/"}},
    "data": {"modality": "image", "windows": 60000}})"});
  write_file(folder / "metrics.jsonl", {gan_metrics_lines()});
  for (const int64_t epoch : {1, 5, 10, 12})
    write_file(folder / "samples" / text("00{}{}.png", epoch / 10, epoch % 10),
               {gan_picture(epoch)});
}

}  // namespace tacit
