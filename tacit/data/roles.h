// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/json.h"
#include "tacit/data/survey.h"

namespace tacit {

/// What each column is for.
struct Roles {
  std::string time, subject, label;  ///< "" where there is none
  std::vector<std::string> recording, channels;
  std::vector<std::pair<std::string, std::string>> left_out;  ///< column, and why
  std::string path_pattern;          ///< where paths name the subject or the label
  std::vector<std::string> reasons;  ///< what was taken for what without being called so
};

/// Guesses what each column is for, from its name (in many habits) and from its cells; where no
/// column tells subject or label, from the names of folders and files. `given` holds what is known,
/// under the keys of [data] (time, subject, label, recording, channels, path_pattern), and is never
/// overruled. Channels of one sensor are put together as x, y, z. Throws DataError when no column
/// can be a channel, and when two clocks run differently, naming both.
Roles guess_roles(const Survey& survey, const Json& given);

}  // namespace tacit
