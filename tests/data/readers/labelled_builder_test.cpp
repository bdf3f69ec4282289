// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/labelled_builder.h"

#include <gtest/gtest.h>

#include "tests/data/signals_fixture.h"

namespace tacit {
namespace {

TEST(LabelledBuilder, NumbersClassesByName) {
  LabelledBuilder builder({.channels = {"x"}, .classes = {"walk", "sit"}}, "");
  builder.begin("r", "p", 50);
  for (const char* const word : {"walk", "lie", "sit", ""})
    builder.row(std::vector<float>{1}, word, 0);
  const Signals signals = builder.finish("here");
  EXPECT_EQ(signals.classes, (std::vector<std::string>{"sit", "walk"}));
  std::vector<int64_t> labels;
  for (const LabelSpan& span : signals.recordings[0].labels) labels.push_back(span.label);
  EXPECT_EQ(labels, (std::vector<int64_t>{1, -1, 0, -1}));
}

TEST(LabelledBuilder, RefusesNothingAndUnknownClasses) {
  EXPECT_NE(message<DataError>([] { LabelledBuilder({.channels = {"x"}}, "").finish("here"); }),
            "");
  LabelledBuilder builder({.channels = {"x"}, .classes = {"wakl"}}, "");
  builder.begin("r", "p", 50);
  builder.row(std::vector<float>{1}, "walk", 0);
  EXPECT_NE(message<ConfigError>([&] { builder.finish("here"); }), "");
}

}  // namespace
}  // namespace tacit
