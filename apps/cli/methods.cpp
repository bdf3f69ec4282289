// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iomanip>
#include <iostream>

#include "apps/cli/verbs.h"
#include "tacit/core/config.h"
#include "tacit/methods/method.h"
#include "tacit/nn/registry.h"

namespace tacit::cli {
namespace {

template <class Entry>
void print_list(const std::string& heading, const std::vector<Entry>& table) {
  std::cout << heading << "\n";
  for (const Entry& entry : table)
    std::cout << "  " << std::left << std::setw(28) << entry.name << entry.title << " ("
              << entry.paper << ")\n";
}

template <class Entry>
void print_options(const std::string& table, const Entry& entry) {
  std::cout << entry.name << ": " << entry.title << "\n"
            << entry.paper << "\n\n"
            << "Options, in a recipe under [" << table << "] or as " << table << ".KEY=VALUE:\n";
  for (const FieldInfo& field : entry.fields()) {
    std::cout << "\n  " << field.name << " = " << field.fallback << "\n      " << field.help
              << "\n      " << field.type;
    if (!field.range.empty()) std::cout << ", " << field.range;
    std::cout << "\n";
  }
}

/// Prints the options of `name` if the table has it.
template <class Entry>
bool print_named(const std::string& table, const std::vector<Entry>& entries,
                 const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  if (found != entries.end()) print_options(table, *found);
  return found != entries.end();
}

}  // namespace

void methods(const Request& request, const Caller&) {
  if (request.argument.empty()) {
    print_list("Methods, [method] in a recipe:", tacit::methods());
    print_list("\nEncoders, [encoder] in a recipe:", encoders());
    std::cout << "\ntacit methods NAME lists the options of one." << std::endl;
    return;
  }
  if (print_named("method", tacit::methods(), request.argument) ||
      print_named("encoder", encoders(), request.argument))
    return;
  std::vector<std::string> all;
  for (const MethodEntry& entry : tacit::methods()) all.push_back(entry.name);
  for (const EncoderEntry& entry : encoders()) all.push_back(entry.name);
  throw ConfigError(unknown_name("method or encoder", request.argument, all));
}

}  // namespace tacit::cli
