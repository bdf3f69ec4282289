// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tacit/losses/adversarial.h"
#include "tacit/methods/method.h"
#include "tacit/nn/gan_discriminator.h"
#include "tacit/nn/gan_generator.h"

namespace tacit {

/// Which images of a batch are turned, and how, while training. Of N images either rule makes N
/// examples, as many of each rotation. A batch's order is random, so quarters are interleaved.
enum class RotationRule {
  none,               ///< no rotations: a GAN alone
  quarter_in_four,    ///< every fourth image in all four rotations: the authors' code
  each_quarter_once,  ///< image i turned by i right angles: Lee & Town 2020, arXiv:2005.02494
};
inline std::vector<std::string> names(RotationRule) {
  return {"none", "quarter_in_four", "each_quarter_once"};
}

/// Whether generator and discriminator are told the class.
enum class Conditioning { none, projection };
inline std::vector<std::string> names(Conditioning) { return {"none", "projection"}; }

struct SsganConfig {
  AdversarialLoss loss = AdversarialLoss::hinge;
  int64_t n_dis = 5;  ///< discriminator updates a generator update
  RotationRule rotation = RotationRule::quarter_in_four;
  double alpha = 0.2;                 ///< weight of the generator's rotation loss
  std::optional<double> alpha_end{};  ///< alpha at the end of training; unset: as at its start
  double beta = 1;                    ///< weight of the discriminator's rotation loss
  std::optional<double> beta_end{};
  Conditioning conditional = Conditioning::none;
  GanGeneratorConfig generator{};
  double generator_average = 0;  ///< decay of the average of the generator's weights; 0: none
  int64_t average_from = 0;      ///< training steps before which the average is a copy
};
template <class Visitor>
void describe(Visitor& visit, SsganConfig& config) {
  visit("loss", config.loss, "what a discriminator's score costs");
  visit("n_dis", config.n_dis, "discriminator updates a generator update", at_least(1));
  visit("rotation", config.rotation,
        "none, every fourth image in all four rotations, or each quarter of the images in its own");
  visit("alpha", config.alpha, "weight of the rotation loss in the generator's", at_least(0));
  visit("alpha_end", config.alpha_end,
        "what alpha has changed to, linearly, by the end of training; unset: it stays",
        at_least(0));
  visit("beta", config.beta, "weight of the rotation loss in the discriminator's", at_least(0));
  visit("beta_end", config.beta_end, "the same for beta", at_least(0));
  visit("conditional", config.conditional,
        "projection: both networks are told the class; needs labels");
  visit("generator", config.generator, "the network that makes images; the data sets its classes");
  visit("generator_average", config.generator_average,
        "decay of a moving average of the generator's weights, which then makes the images that "
        "are kept; 0: none",
        between(0, 0.999999));
  visit("average_from", config.average_from,
        "training steps before which that average is a copy of the generator", at_least(0));
}

/// Self-supervised GAN: Chen, Zhai, Ritter, Lucic & Houlsby 2019, "Self-Supervised GANs via
/// Auxiliary Rotation Loss", arXiv:1811.11212, section 3. Without rotations it is the spectrally
/// normalised GAN of Miyato, Kataoka, Koyama & Yoshida 2018, arXiv:1802.05957; with conditional =
/// "projection" that of Miyato & Koyama 2018, "cGANs with Projection Discriminator",
/// arXiv:1802.05637.
///
/// The discriminator scores upright images, real ones high and the generator's low, and tells by
/// how many right angles images were turned: real ones when it is updated, the generator's when the
/// generator is. So both want turns to be found. The encoder is the discriminator without its
/// heads.
///
/// Differs from the paper: a fake's class is drawn uniformly; a real image without a label counts
/// in no score of a conditional discriminator; in eval mode all images are seen in all rotations;
/// all images of an update go through the discriminator together, so that it makes one power
/// iteration. With several processes the generator's batch statistics are each process's own.
class Ssgan final : public Method {
 public:
  static constexpr const char* kName = "ssgan";
  static constexpr const char* kTitle = "Self-supervised GAN, telling rotations";
  static constexpr const char* kPaper = "Chen et al. 2019, arXiv:1811.11212";
  using Config = SsganConfig;

  /// Throws ConfigError for another encoder than a GanDiscriminator, for a generator whose classes
  /// are set or whose normalisation does not fit `conditional`, and for projection without classes.
  Ssgan(const Config& config, const Ingredients& ingredients);
  /// What the discriminator descends. batch.x: [N, C, H, W] in -1 … 1. Parts: "real/score",
  /// "fake/score", "adversarial" and, with rotations, "rotation_real/loss" and
  /// "rotation_real/accuracy". In training mode the generator's batch statistics move along.
  Loss loss(const Batch& batch, Step& step) override;
  /// What the generator descends, on as many fakes as the batch has rows; only their number is
  /// used. The discriminator's parameters get no gradient. Parts: "fake/score", "adversarial",
  /// "rotation_fake/loss" and "rotation_fake/accuracy".
  Loss loss_of_generator(const Batch& batch, Step& step);
  /// "discriminator" at each step, then "generator" at every n_dis-th.
  std::vector<Phase> phases() override;
  /// After an update of the generator: average = decay average + (1 - decay) generator, of weights
  /// and batch statistics alike.
  void after_update(const Step& step) override;
  Encoder& encoder() override { return *encoder_; }
  /// The average where there is one.
  std::shared_ptr<GanGenerator> generator() override { return average_ ? average_ : generator_; }

 private:
  struct Fakes {
    Tensor x;  // [N, C, H, W]
    Tensor y;  // [N] int64, undefined unless conditional
  };
  Fakes make_fakes(const Tensor& like, Rng& rng) const;
  struct Judged {
    Tensor score;     // [N]
    Tensor rotation;  // [M, 4] logits, of images turned by `turns` right angles, or undefined
    Tensor turns;     // [M] int64
  };
  Judged judge(const Tensor& x, const Tensor& y, int64_t turning);
  Tensor part(const Tensor& rows, int64_t turns) const;
  void add_rotation(Loss& loss, const std::string& name, const Judged& judged, double weight,
                    const Communicator& world) const;
  std::vector<Tensor> discriminator_parameters() const;

  Config config_;
  int64_t classes_ = 0;  // 0 unless conditional
  std::shared_ptr<GanDiscriminator> encoder_;
  std::shared_ptr<GanHeads> heads_;
  std::shared_ptr<GanGenerator> generator_;
  std::shared_ptr<GanGenerator> average_;  // may be null
  bool generator_learns_ = false;          // the last loss in training mode was the generator's
};

}  // namespace tacit
