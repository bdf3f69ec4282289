// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <set>
#include <string>

namespace tacit {

/// In small letters; only ASCII changes.
std::string lower_case(std::string word);

/// The words of a column's name, in small letters: "Acceleration X (m/s2)" -> acceleration, x, m,
/// s2; "userId" -> user, id.
std::set<std::string> words_of(const std::string& name);

bool has_any(const std::set<std::string>& words, std::initializer_list<const char*> wanted);

}  // namespace tacit
