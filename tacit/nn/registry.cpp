// SPDX-License-Identifier: Apache-2.0
#include "tacit/nn/registry.h"

#include "tacit/nn/cpc_encoder.h"
#include "tacit/nn/dilated_conv.h"
#include "tacit/nn/gan_discriminator.h"
#include "tacit/nn/image_resnet.h"
#include "tacit/nn/image_transformer.h"
#include "tacit/nn/patch_resnet.h"
#include "tacit/nn/patch_transformer.h"
#include "tacit/nn/resnet1d.h"
#include "tacit/nn/table_mlp.h"
#include "tacit/nn/table_transformer.h"
#include "tacit/nn/temporal_conv.h"
#include "tacit/nn/video_resnet.h"
#include "tacit/nn/video_transformer.h"

namespace tacit {
namespace {

/// Throws ConfigError, listing the encoders of the given kind of rows.
void require_modality(Modality takes, Modality given) {
  if (takes == given) return;
  std::vector<std::string> others;
  for (const EncoderEntry& entry : encoders())
    if (entry.modality == given) others.push_back(entry.name);
  throw ConfigError(
      text("encoder.name: this encoder takes {} data, but here is {} data; use one of: {}",
           enum_name(takes), enum_name(given), join(others)));
}

template <Modality takes, class E, class Config>
EncoderEntry entry(std::string name, std::string title, std::string paper) {
  return {std::move(name),
          std::move(title),
          std::move(paper),
          takes,
          [] { return config_fields<Config>(); },
          [](const Json& json, const Spec& spec, const Rng& rng) -> std::shared_ptr<Encoder> {
            require_modality(takes, spec.modality);
            Config config;
            read_config(config, json, "encoder");
            return std::make_shared<E>(config, spec, rng);
          },
          [](const Json& json) {
            Config config;
            read_config(config, json, "encoder");
            return write_config(config);
          }};
}

}  // namespace

const std::vector<EncoderEntry>& encoders() {
  static const std::vector<EncoderEntry> table{
      entry<Modality::signal, TemporalConv, TemporalConvConfig>(
          "temporal_conv", "Temporal convolutions, pooled", "Saeed et al. 2019, arXiv:1907.11879"),
      entry<Modality::signal, Resnet1d, Resnet1dConfig>("resnet1d", "Residual convolutions, pooled",
                                                        "Wang et al. 2017, arXiv:1611.06455"),
      entry<Modality::signal, PatchTransformer, PatchTransformerConfig>(
          "patch_transformer", "Transformer on patches, pooled",
          "Nie et al. 2023, arXiv:2211.14730"),
      entry<Modality::signal, DilatedConv, DilatedConvConfig>(
          "dilated_conv", "Dilated convolutions, pooled", "Yue et al. 2022, arXiv:2106.10466"),
      entry<Modality::signal, CpcEncoder, CpcEncoderConfig>(
          "cpc_encoder", "Convolutions with strides, then a causal context",
          "van den Oord et al. 2018, arXiv:1807.03748"),
      entry<Modality::table, TableMlp, TableMlpConfig>(
          "table_mlp", "Dense layers on columns", "Jahrer 2017 (Porto Seguro); dfencoder 0.0.43"),
      entry<Modality::table, TableTransformer, TableTransformerConfig>(
          "table_transformer", "Transformer on columns", "Gorishniy et al. 2021, arXiv:2106.11959"),
      entry<Modality::image, ImageResnet, ImageResnetConfig>(
          "image_resnet", "Residual convolutions of images", "He et al. 2016, arXiv:1512.03385"),
      entry<Modality::image, PatchResnet, PatchResnetConfig>(
          "patch_resnet", "Residual convolutions of each patch of images",
          "van den Oord et al. 2018, arXiv:1807.03748"),
      entry<Modality::image, ImageTransformer, ImageTransformerConfig>(
          "image_transformer", "Transformer on patches of images",
          "Dosovitskiy et al. 2021, arXiv:2010.11929"),
      entry<Modality::image, GanDiscriminator, GanDiscriminatorConfig>(
          "gan_discriminator", "Residual convolutions with spectral normalisation",
          "Miyato et al. 2018, arXiv:1802.05957"),
      entry<Modality::video, VideoResnet, VideoResnetConfig>(
          "video_resnet", "Residual convolutions of clips", "Han et al. 2019, arXiv:1909.04656"),
      entry<Modality::video, VideoTransformer, VideoTransformerConfig>(
          "video_transformer", "Transformer on patches of clips",
          "Arnab et al. 2021, arXiv:2103.15691"),
  };
  return table;
}

const EncoderEntry& find_encoder(const std::string& name) {
  std::vector<std::string> all;
  for (const EncoderEntry& entry : encoders()) {
    if (entry.name == name) return entry;
    all.push_back(entry.name);
  }
  throw ConfigError(unknown_name("encoder", name, all));
}

}  // namespace tacit
