// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tacit/methods/autoencoder.h"
#include "tacit/methods/barlow_twins.h"
#include "tacit/methods/byol.h"
#include "tacit/methods/clip_order.h"
#include "tacit/methods/cpc.h"
#include "tacit/methods/denoising_autoencoder.h"
#include "tacit/methods/dpc.h"
#include "tacit/methods/heart_prediction.h"
#include "tacit/methods/image_cpc.h"
#include "tacit/methods/joint.h"
#include "tacit/methods/masked_autoencoder.h"
#include "tacit/methods/rotation.h"
#include "tacit/methods/scarf.h"
#include "tacit/methods/simclr.h"
#include "tacit/methods/spectrum_prediction.h"
#include "tacit/methods/speed_prediction.h"
#include "tacit/methods/ssgan.h"
#include "tacit/methods/subtab.h"
#include "tacit/methods/supervised.h"
#include "tacit/methods/transformation_prediction.h"
#include "tacit/methods/transformation_recognition.h"
#include "tacit/methods/ts2vec.h"
#include "tacit/methods/vicreg.h"
#include "tacit/methods/vime.h"

namespace tacit {
namespace {

template <class M>
typename M::Config read_method(const Json& json) {
  typename M::Config config;
  read_config(config, json, "method");
  return config;
}

/// Throws ConfigError, listing the methods for the given kind of rows.
void require_modality(const std::string& name, Modality given) {
  const auto takes = [&](const MethodEntry& entry) {
    return std::ranges::find(entry.modalities, given) != entry.modalities.end();
  };
  if (takes(find_method(name))) return;
  std::vector<std::string> others;
  for (const MethodEntry& entry : methods())
    if (takes(entry)) others.push_back(entry.name);
  throw ConfigError(text("method {} does not learn from {} data; use one of: {}", name,
                         enum_name(given), join(others)));
}

template <class M>
MethodEntry entry(std::vector<Modality> modalities) {
  return {M::kName,
          M::kTitle,
          M::kPaper,
          std::move(modalities),
          [] { return config_fields<typename M::Config>(); },
          [](const Json& json, const Ingredients& ingredients) -> std::shared_ptr<Method> {
            require_modality(M::kName, ingredients.spec.modality);
            return std::make_shared<M>(read_method<M>(json), ingredients);
          },
          [](const Json& json) { return write_config(read_method<M>(json)); }};
}

}  // namespace

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> table{
      entry<TransformationPrediction>({Modality::signal}),
      entry<TransformationRecognition>({Modality::signal}),
      entry<SpectrumPrediction>({Modality::signal}),
      entry<HeartPrediction>({Modality::signal}),
      entry<Simclr>({Modality::signal, Modality::image, Modality::video}),
      entry<Vicreg>({Modality::signal, Modality::image, Modality::video}),
      entry<BarlowTwins>({Modality::signal, Modality::image, Modality::video}),
      entry<Byol>({Modality::signal, Modality::image, Modality::video}),
      entry<Rotation>({Modality::image}),
      entry<Ssgan>({Modality::image}),
      entry<Ts2vec>({Modality::signal}),
      entry<Cpc>({Modality::signal}),
      entry<ImageCpc>({Modality::image}),
      entry<Dpc>({Modality::video}),
      entry<SpeedPrediction>({Modality::video}),
      entry<ClipOrder>({Modality::video}),
      entry<MaskedAutoencoder>({Modality::signal, Modality::image, Modality::video}),
      entry<Autoencoder>({Modality::signal}),
      entry<DenoisingAutoencoder>({Modality::table}),
      entry<Vime>({Modality::table}),
      entry<Scarf>({Modality::table}),
      entry<Subtab>({Modality::table}),
      entry<Joint>({Modality::signal, Modality::table, Modality::image}),
      entry<Supervised>({Modality::signal, Modality::table, Modality::image, Modality::video}),
  };
  return table;
}

const MethodEntry& find_method(const std::string& name) {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) {
    if (entry.name == name) return entry;
    all.push_back(entry.name);
  }
  throw ConfigError(unknown_name("method", name, all));
}

}  // namespace tacit
