// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/data/clip_overview.h"
#include "tacit/data/heart_overview.h"
#include "tacit/data/image_overview.h"
#include "tacit/data/overview.h"
#include "tacit/data/table_overview.h"

namespace tacit::cli {
namespace {

/// Hearts are looked for in files that may hold any, in what they themselves say.
std::string hearts_of(DataConfig data) {
  constexpr Source kBiosignals[]{Source::wfdb,  Source::edf,      Source::mat,
                                 Source::wesad, Source::amigos,   Source::dreamer,
                                 Source::swell, Source::case_set, Source::simulated_hearts};
  if (std::ranges::find(kBiosignals, data.source) == std::end(kBiosignals)) return "";
  data.rate_hz = data.high_pass.hz = 0;
  data.scale_people = data.quality.enabled = false;
  return heart_overview(load_signals(data), data.quality).print();
}

}  // namespace

void data_info(const Request& request, const Caller&) {
  const Recipe recipe = load_recipe(request.argument, request.overrides);
  const auto examples = load_examples(recipe.data);
  if (const auto* table = dynamic_cast<const Table*>(examples.get()))
    std::cout << overview(*table).print() << std::endl;
  else if (const auto* images = dynamic_cast<const Images*>(examples.get()))
    std::cout << overview(*images).print() << std::endl;
  else if (const auto* clips = dynamic_cast<const Clips*>(examples.get()))
    std::cout << overview(*clips).print() << std::endl;
  else
    std::cout << overview(dynamic_cast<const SignalWindows&>(*examples)).print()
              << hearts_of(recipe.data) << std::endl;
}

}  // namespace tacit::cli
