// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include "tacit/artifact/artifact.h"
#include "tacit/nn/heads.h"
#include "tacit/run/prepare.h"

namespace tacit {

/// The encoder of a pretrain run beside the data it was trained on, cut, split and normalised as
/// then.
struct Trained {
  /// Throws StateError when the data have changed, and ConfigError when `recipe` cuts or splits
  /// them in another way: its test windows may then be among those that the encoder learned from.
  Trained(const std::filesystem::path& run, const Recipe& recipe);

  Artifact artifact;
  Prepared prepared;
  Fold fold;
  Subset pool, test;      ///< labelled windows outside the test part, and in it
  Tensor pool_y, test_y;  ///< labels of their units, as labels_of() gives them

  /// 0 where labels are numbers.
  int64_t classes() const { return static_cast<int64_t>(prepared.classes().size()); }
};

/// The encoder of a pretrain run for the data of another recipe. Throws ConfigError when
/// recipe.encoder is another network, when it learned from recordings filtered or scaled in another
/// way, or when it learned from the same data under another split;
/// ShapeError when the windows differ in channels, rate or length.
Artifact borrow_encoder(const std::filesystem::path& run, const Recipe& recipe,
                        const Prepared& prepared);

/// In a run folder: what personalisation of its fine-tuned model measured.
inline constexpr const char* kPersonalCells = "personal.json";

/// An encoder with the head that fine-tuning gave it.
struct Finetuned {
  Artifact artifact;
  std::shared_ptr<ClassifierHead> head;  ///< in eval mode
};

/// Keeps a fine-tuned model in a folder: an artifact of its encoder, and the head's file beside it.
/// Throws StateError.
void save_finetuned(const std::filesystem::path& folder, const Artifact& encoder,
                    const ClassifierHead& head);

/// The model in `run`/finetuned. Throws StateError when there is none or its parts do not fit.
Finetuned load_finetuned(const std::filesystem::path& run);

}  // namespace tacit
