// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <vector>

#include "tacit/methods/method.h"
#include "tacit/nn/projector.h"
#include "tacit/nn/table_encoder.h"

namespace tacit {

struct ScarfConfig {
  double share = 0.6;                        ///< c, of a row's columns
  std::vector<int64_t> projector{256, 256};  ///< widths of g, from memory of the paper
  double temperature = 1;                    ///< tau, likewise
};
template <class Visitor>
void describe(Visitor& visit, ScarfConfig& config) {
  visit("share", config.share, "of a row's columns, which take other rows' values in one view",
        between(0, 1));
  visit("projector", config.projector,
        "widths of the dense layers between code and loss; empty: none", at_least(1));
  visit("temperature", config.temperature, "by which similarities are divided",
        between(0.001, 100));
}

/// SCARF: Bahri, Jiang, Tay & Metzler 2022, "SCARF: Self-Supervised Contrastive Learning using
/// Random Feature Corruption", arXiv:2106.15147, algorithm 1. The row as it is and the row with a
/// share of its columns, drawn anew, swapped for other rows' values must tell each other by their
/// projected codes among all rows of the batch (of all processes).
///
/// Differs from the paper: there the clean view picks its other among the corrupted views alone;
/// here, as in SimCLR, each view picks its other among all views of both kinds. Its values come
/// from all training rows, ours from the other rows of the joint batch; it rounds the number of
/// columns down, we to the nearest and at least one.
class Scarf final : public Method {
 public:
  static constexpr const char* kName = "scarf";
  static constexpr const char* kTitle = "SCARF, contrast of rows with corrupted copies";
  static constexpr const char* kPaper = "Bahri et al. 2022, arXiv:2106.15147";
  using Config = ScarfConfig;

  /// Throws ConfigError when the encoder is none of tables.
  Scarf(const Config& config, const Ingredients& ingredients);
  Loss loss(const Batch& batch, Step& step) override;
  Encoder& encoder() override { return *encoder_; }

 private:
  double share_, temperature_;
  std::vector<Field> fields_;
  std::shared_ptr<TableEncoder> encoder_;
  std::shared_ptr<Projector> projector_;
};

}  // namespace tacit
