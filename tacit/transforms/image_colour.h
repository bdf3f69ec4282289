// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tacit/core/config.h"
#include "tacit/transforms/transform.h"

/// What an image looks like: colour, sharpness. All take x [N, C, H, W] float, on any device, throw
/// ShapeError otherwise, and return a new contiguous batch without gradient history. What is drawn
/// does not depend on the device. C is 1 or 3: grey, or red, green and blue, all of one scale; what
/// scales channels differently must come afterwards. `low` and `high` are the values that mean
/// black and white, where results are cut off.
namespace tacit {

/// The defaults are those of SimCLR: Chen et al. 2020, "A Simple Framework for Contrastive Learning
/// of Visual Representations", arXiv:2002.05709, appendix A.
struct ColourJitterConfig {
  double brightness = 0.8;   ///< how far the factor is from 1 at most, at strength 1
  double contrast = 0.8;     ///< likewise
  double saturation = 0.8;   ///< likewise
  double hue = 0.2;          ///< largest shift either way, in turns, at strength 1
  double strength = 1;       ///< factor on the four
  double probability = 0.8;  ///< of a changed image
  double low = 0;            ///< black
  double high = 1;           ///< white
};
template <class Visitor>
void describe(Visitor& visit, ColourJitterConfig& config) {
  visit("brightness", config.brightness, "how far its factor is from 1 at most", at_least(0));
  visit("contrast", config.contrast, "how far its factor is from 1 at most", at_least(0));
  visit("saturation", config.saturation, "how far its factor is from 1 at most", at_least(0));
  visit("hue", config.hue, "largest shift either way, in turns", between(0, 0.5));
  visit("strength", config.strength, "factor on these four", at_least(0));
  visit("probability", config.probability, "of a changed image", between(0, 1));
  visit("low", config.low, "value that means black");
  visit("high", config.high, "value that means white");
}

/// Changes brightness, contrast, saturation and hue, in this order, each row by its own factors,
/// uniform in max(0, 1 - s) … 1 + s. Of brightness: on the distance from black; of contrast: from
/// the image's mean grey; of saturation: from the pixel's grey; the hue is shifted in HSV. Grey
/// images change in brightness and contrast. Grey is the luma of ITU-R BT.601.
/// Differs from the paper's listing, which adds to the brightness: a factor is what the widely used
/// implementation in torchvision has, whose order, though, is random.
/// Throws ConfigError unless low < high and the hue's shift is half a turn at most.
Transform colour_jitter(const ColourJitterConfig& config = {});

/// The default is SimCLR's.
struct GreyConfig {
  double probability = 0.2;
};
template <class Visitor>
void describe(Visitor& visit, GreyConfig& config) {
  visit("probability", config.probability, "of an image without colours", between(0, 1));
}

/// Each channel becomes the luma of ITU-R BT.601. Grey images do not change.
Transform grey(const GreyConfig& config = {});

/// The default is that of Hénaff et al. 2020, "Data-Efficient Image Recognition with Contrastive
/// Predictive Coding", arXiv:1905.09272, appendix A.
struct ColourDropConfig {
  double probability = 0.8;
};
template <class Visitor>
void describe(Visitor& visit, ColourDropConfig& config) {
  visit("probability", config.probability, "of an image of which one colour is left",
        between(0, 1));
}

/// One of the channels, drawn for each row, is left and takes the place of all: of three colours
/// two are dropped, so that neither hues nor the lens's coloured edges tell what lies where.
/// Doersch, Gupta & Efros 2015, "Unsupervised Visual Representation Learning by Context
/// Prediction", arXiv:1505.05192, section 4.1, who fill dropped channels with noise. C may be any
/// number.
Transform colour_drop(const ColourDropConfig& config = {});

/// The defaults are SimCLR's, appendix A.
struct GaussianBlurConfig {
  double sigma_low = 0.1;    ///< pixels
  double sigma_high = 2;     ///< pixels
  double kernel = 0.1;       ///< width of the kernel, as a share of the image's shorter side
  double probability = 0.5;  ///< of a changed image
};
template <class Visitor>
void describe(Visitor& visit, GaussianBlurConfig& config) {
  visit("sigma_low", config.sigma_low, "smallest width of the bell, in pixels", above(0));
  visit("sigma_high", config.sigma_high, "largest width of the bell, in pixels", above(0));
  visit("kernel", config.kernel, "where it is cut off: width as a share of the shorter side",
        between(0, 1));
  visit("probability", config.probability, "of a changed image", between(0, 1));
}

/// Convolves with a Gaussian, whose standard deviation is uniform in sigma_low … sigma_high. The
/// kernel reaches half of `kernel` times the shorter side to each side, rounded down, but a pixel
/// at least; its weights sum to 1. C may be any number.
/// Differs from the paper: beyond the edges the image is mirrored, so that they do not darken.
/// Throws ConfigError where low exceeds high.
Transform gaussian_blur(const GaussianBlurConfig& config = {});

/// The defaults are those of BYOL's second view: Grill et al. 2020, "Bootstrap your own latent",
/// arXiv:2006.07733, appendix B.
struct SolariseConfig {
  double threshold = 0.5;    ///< as a share of the way from black to white
  double probability = 0.2;  ///< of a changed image
  double low = 0;            ///< black
  double high = 1;           ///< white
};
template <class Visitor>
void describe(Visitor& visit, SolariseConfig& config) {
  visit("threshold", config.threshold, "what is inverted, from black, 0, to white, 1",
        between(0, 1));
  visit("probability", config.probability, "of a changed image", between(0, 1));
  visit("low", config.low, "value that means black");
  visit("high", config.high, "value that means white");
}

/// Inverts the values from the threshold on. C may be any number.
/// Throws ConfigError unless low < high.
Transform solarise(const SolariseConfig& config = {});

}  // namespace tacit
