// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle.h"

#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/pickle_machine.h"

namespace tacit {
namespace {

using Kind = PickledValue::Kind;

/// The keys of a dictionary that are texts.
std::vector<std::string> keys_of(const std::vector<PickledValue>& values,
                                 const PickledValue& dictionary) {
  std::vector<std::string> keys;
  for (size_t i = 0; i + 1 < dictionary.parts.size(); i += 2)
    if (values[dictionary.parts[i]].kind == Kind::words)
      keys.push_back(*values[dictionary.parts[i]].words);
  return keys;
}

}  // namespace

Pickle::Pickle(const std::filesystem::path& file) : file_(file.string()) {
  PickleMachine machine(file);
  whole_ = machine.run();
  values_ = std::move(machine.values());
}

const PickledValue& Pickle::at(const std::vector<std::string>& way) const {
  size_t here = whole_;
  std::string passed;
  for (const std::string& key : way) {
    const PickledValue& value = values_[here];
    const bool is_dictionary = value.kind == Kind::dictionary;
    bool is_found = false;
    for (size_t i = 0; is_dictionary && i + 1 < value.parts.size(); i += 2) {
      const PickledValue& name = values_[value.parts[i]];
      if (name.kind != Kind::words || *name.words != key) continue;
      here = value.parts[i + 1];  // the last one counts, as in Python
      is_found = true;
    }
    require<DataError>(is_dictionary, "{}: {} is no dictionary", file_,
                       passed.empty() ? "the whole" : passed);
    require<DataError>(is_found, "{}: there is no \"{}\" in {}; there are: {}", file_, key,
                       passed.empty() ? "it" : passed, join(keys_of(values_, value)));
    passed += (passed.empty() ? "" : ".") + key;
  }
  return values_[here];
}

const PickledArray& Pickle::array(const std::vector<std::string>& way) const {
  const PickledValue& value = at(way);
  require<DataError>(value.kind == Kind::array && value.array != nullptr, "{}: {} is no array",
                     file_, join(way, "."));
  return *value.array;
}

const std::string& Pickle::words(const std::vector<std::string>& way) const {
  const PickledValue& value = at(way);
  require<DataError>(value.kind == Kind::words, "{}: {} is no text", file_, join(way, "."));
  return *value.words;
}

}  // namespace tacit
