// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/data/readers/edf.h"
#include "tests/core/folder.h"

/// What the tests of reading EDF ask of a file that is called night.edf.
namespace tacit::edf_reading {

using Names = std::vector<std::string>;

inline std::vector<float> samples_of(const SignalFile& file, size_t lead = 0) {
  return file.leads.at(lead).samples;
}

inline std::string refusal(const std::string& bytes, const Names& leads = {}) {
  return message_of<DataError>([&] { read_edf_bytes(bytes, "night.edf", leads); });
}

inline void expect_says(const std::string& said, const Names& parts) {
  EXPECT_TRUE(said.starts_with("night.edf: ")) << said;
  for (const std::string& part : parts) EXPECT_NE(said.find(part), std::string::npos) << said;
}

}  // namespace tacit::edf_reading
