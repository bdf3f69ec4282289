// SPDX-License-Identifier: Apache-2.0
#include "tacit/methods/autoencoder.h"
#include "tacit/methods/joint.h"
#include "tacit/methods/masked_autoencoder.h"
#include "tacit/methods/simclr.h"
#include "tacit/methods/spectrum_prediction.h"
#include "tacit/methods/supervised.h"
#include "tacit/methods/transformation_prediction.h"
#include "tacit/methods/vicreg.h"

namespace tacit {
namespace {

template <class M>
typename M::Config read_method(const Json& json) {
  typename M::Config config;
  read_config(config, json, "method");
  return config;
}

template <class M>
MethodEntry entry() {
  return {M::kName,
          M::kTitle,
          M::kPaper,
          [] { return config_fields<typename M::Config>(); },
          [](const Json& json, const Ingredients& ingredients) -> std::shared_ptr<Method> {
            return std::make_shared<M>(read_method<M>(json), ingredients);
          },
          [](const Json& json) { return write_config(read_method<M>(json)); }};
}

}  // namespace

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> table{
      entry<TransformationPrediction>(),
      entry<SpectrumPrediction>(),
      entry<Simclr>(),
      entry<Vicreg>(),
      entry<MaskedAutoencoder>(),
      entry<Autoencoder>(),
      entry<Joint>(),
      entry<Supervised>(),
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
