// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tacit/core/error.h"
#include "tacit/core/json.h"

/// How configurations describe themselves.
///
/// A config is an aggregate with its defaults at the fields, and beside it one function
///
///     template <class Visitor>
///     void describe(Visitor& visit, JitterConfig& config) {
///       visit("sigma", config.sigma, "standard deviation of the noise", at_least(0));
///     }
///
/// From it come reading and writing JSON, range checks, the tables of `tacit methods`, and command
/// line overrides; nothing else knows a field's name. An enum lists its members' names in order in
/// a function `std::vector<std::string> names(Enum)` beside it.
namespace tacit {

/// The finite values a number may take; JSON holds no others.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool open_low = false;  ///< `low` itself is not allowed

  bool contains(double value) const {
    return std::isfinite(value) && (open_low ? value > low : value >= low) && value <= high;
  }
  std::string text() const;  ///< "> 0", "0 … 1", "" when every finite value is allowed
};
inline Range at_least(double low) { return {.low = low}; }
inline Range above(double low) { return {.low = low, .open_low = true}; }
inline Range between(double low, double high) { return {.low = low, .high = high}; }

/// One row of a documentation table.
struct FieldInfo {
  std::string name, type, fallback, range, help;
};

template <class E>
concept NamedEnum = std::is_enum_v<E> && requires(E e) {
  { names(e) } -> std::convertible_to<std::vector<std::string>>;
};

template <NamedEnum E>
std::string enum_name(E value) {
  return names(value).at(static_cast<size_t>(value));
}

/// Throws ConfigError listing the members. `where` is the dotted name of the field.
template <NamedEnum E>
E enum_value(const std::string& name, std::string_view where) {
  const std::vector<std::string> all = names(E{});
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i] == name) return static_cast<E>(i);
  throw ConfigError(text("{}: {}", where, unknown_name("value", name, all)));
}

namespace detail {
struct AnyVisitor {
  template <class T>
  void operator()(std::string_view, T&, std::string_view, Range = {}) {}
};
[[noreturn]] void fail_type(const std::string& where, const std::string& expected, const Json& got);
}  // namespace detail

template <class C>
concept Described = requires(detail::AnyVisitor& visitor, C& config) {
  describe(visitor, config);
};

template <Described C>
void read_config(C& config, const Json& json, const std::string& where = "");
template <Described C>
Json write_config(const C& config);

namespace detail {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
std::string type_name() {
  if constexpr (std::same_as<T, bool>)
    return "true or false";
  else if constexpr (std::integral<T>)
    return "a whole number";
  else if constexpr (std::floating_point<T>)
    return "a number";
  else if constexpr (std::same_as<T, std::string>)
    return "a text";
  else if constexpr (NamedEnum<T>)
    return join(names(T{}), " | ");
  else if constexpr (is_vector<T>)
    return text("a list of: {}", type_name<typename T::value_type>());
  else if constexpr (is_optional<T>)
    return type_name<typename T::value_type>();
  else if constexpr (Described<T>)
    return "a table";
  else if constexpr (std::same_as<T, Json>)
    return "any value";
  else
    return T::type_name();
}

void check_range(double value, const Range& range, const std::string& where);

/// Throws ConfigError unless T can hold the whole number `json`.
template <std::integral T>
void check_fits(const Json& json, const std::string& where) {
  using Limits = std::numeric_limits<T>;
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<uint64_t>())
                                              : std::in_range<T>(json.get<int64_t>());
  require<ConfigError>(fits, "{} = {} is out of range: it must be {} … {}", where, json.dump(),
                       Limits::min(), Limits::max());
}

template <class T>
void read_value(T& value, const Json& json, const std::string& where, const Range& range) {
  if constexpr (std::same_as<T, bool>) {
    if (!json.is_boolean()) fail_type(where, type_name<T>(), json);
    value = json.get<bool>();
  } else if constexpr (std::integral<T>) {
    if (!json.is_number_integer()) fail_type(where, type_name<T>(), json);
    check_fits<T>(json, where);
    check_range(json.get<double>(), range, where);
    value = json.get<T>();
  } else if constexpr (std::floating_point<T>) {
    if (!json.is_number()) fail_type(where, type_name<T>(), json);
    check_range(json.get<double>(), range, where);
    constexpr double largest = std::numeric_limits<T>::max();
    check_range(json.get<double>(), between(-largest, largest), where);
    value = json.get<T>();
  } else if constexpr (std::same_as<T, std::string>) {
    if (!json.is_string()) fail_type(where, type_name<T>(), json);
    value = json.get<std::string>();
  } else if constexpr (NamedEnum<T>) {
    if (!json.is_string()) fail_type(where, type_name<T>(), json);
    value = enum_value<T>(json.get<std::string>(), where);
  } else if constexpr (is_vector<T>) {
    if (!json.is_array()) fail_type(where, type_name<T>(), json);
    value.clear();
    for (size_t i = 0; i < json.size(); ++i) {
      typename T::value_type element{};
      read_value(element, json[i], tacit::text("{}[{}]", where, i), range);
      value.push_back(std::move(element));
    }
  } else if constexpr (is_optional<T>) {
    if (json.is_null()) {
      value.reset();
      return;
    }
    typename T::value_type element{};
    read_value(element, json, where, range);
    value = std::move(element);
  } else if constexpr (Described<T>) {
    read_config(value, json, where);
  } else if constexpr (std::same_as<T, Json>) {
    value = json;
  } else {
    value = T::read(json, where);  // a value type that reads itself; throws ConfigError
  }
}

template <class T>
Json write_value(const T& value) {
  if constexpr (NamedEnum<T>) {
    return enum_name(value);
  } else if constexpr (is_vector<T>) {
    Json list = Json::array();
    for (const auto& element : value) list.push_back(write_value(element));
    return list;
  } else if constexpr (is_optional<T>) {
    return value ? write_value(*value) : Json();
  } else if constexpr (Described<T>) {
    return write_config(value);
  } else if constexpr (requires { value.write(); }) {
    return value.write();
  } else {
    return value;
  }
}

class Reader {
 public:
  Reader(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json_.is_object())
      fail_type(where_.empty() ? "the configuration" : where_, "a table", json);
  }
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view, Range range = {}) {
    known_.emplace_back(name);
    if (const auto found = json_.find(std::string(name)); found != json_.end())
      read_value(value, *found, path(known_.back()), range);
  }
  /// Throws ConfigError at the first key that no field has.
  void finish() const;

 private:
  std::string path(const std::string& name) const {
    return where_.empty() ? name : where_ + "." + name;
  }

  const Json& json_;
  std::string where_;
  std::vector<std::string> known_;
};

struct Writer {
  Json json = Json::object();
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view, Range = {}) {
    json[std::string(name)] = write_value(value);
  }
};

struct Tabulator {
  std::string prefix;
  std::vector<FieldInfo> rows;
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view help, Range range = {}) {
    const std::string full = prefix + std::string(name);
    if constexpr (Described<T>) {
      Tabulator inner{full + ".", {}};
      describe(inner, value);
      rows.insert(rows.end(), inner.rows.begin(), inner.rows.end());
    } else {
      rows.push_back(
          {full, type_name<T>(), write_value(value).dump(), range.text(), std::string(help)});
    }
  }
};

}  // namespace detail

/// Sets the fields that `json` names and leaves the others. `where` prefixes names in messages.
/// Throws ConfigError for an unknown key (naming the nearest), a wrong type or a value out of
/// range.
template <Described C>
void read_config(C& config, const Json& json, const std::string& where) {
  detail::Reader reader(json, where);
  describe(reader, config);
  reader.finish();
}

/// All fields, defaults included.
template <Described C>
Json write_config(const C& config) {
  detail::Writer writer;
  describe(writer, const_cast<C&>(config));  // describe() visits; the writer does not assign
  return writer.json;
}

/// The documentation table of a config, nested tables flattened as "outer.inner".
template <Described C>
std::vector<FieldInfo> config_fields(const C& defaults = {}) {
  detail::Tabulator table;
  describe(table, const_cast<C&>(defaults));
  return table.rows;
}

}  // namespace tacit
