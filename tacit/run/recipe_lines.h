// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tacit/core/json.h"

namespace tacit {

/// Lines of TOML, each with the reason behind it.
class RecipeLines {
 public:
  /// Wrapped at 100 letters.
  void comment(const std::string& words);
  void table(const std::string& name);
  /// `why` stands behind the value, or above it where the line is long.
  void line(const std::string& key, const Json& value, const std::string& why = "");
  /// A list of texts, one a line, each with its reason; nothing when it is empty.
  void list(const std::string& key,
            const std::vector<std::pair<std::string, std::string>>& texts_and_reasons);
  void plain(const std::string& line) { out_ += line + "\n"; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace tacit
