// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/emotion/pickle_machine.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "tacit/core/error.h"
#include "tacit/data/readers/emotion/pickle_words.h"

namespace tacit {
namespace {

constexpr size_t kMost = size_t{1} << 16;  // values, and places on the stack
constexpr int kLastProtocol = 4;

/// What a pickle may ask for.
bool is_reconstruct(const std::string& name) {
  return name == "numpy.core.multiarray _reconstruct" ||
         name == "numpy._core.multiarray _reconstruct";
}
/// Python 3 writes bytes as texts of their letters in protocols that know no bytes.
constexpr std::string_view kEncode = "_codecs encode";

bool is_known(const std::string& name) {
  return is_reconstruct(name) || name == "numpy ndarray" || name == "numpy dtype" ||
         name == kEncode;
}

}  // namespace

size_t PickleMachine::run() {
  while (true) {
    const uint8_t step = bytes_.byte();
    if (step == '.') {
      if (stack_.size() != 1 || !marks_.empty()) bytes_.fail("it ends with parts left over");
      return pop();
    }
    if (step == 0x80) {
      const int protocol = bytes_.byte();
      if (protocol > kLastProtocol)
        bytes_.fail(
            text("it has protocol {}, and 0 to {} are read; write it anew with "
                 "pickle.dump(…, protocol={})",
                 protocol, kLastProtocol, kLastProtocol));
    } else if (!step_number(step) && !step_words(step) && !step_container(step) &&
               !step_known(step) && !step_object(step)) {
      bytes_.fail(text("step {} is not one of dictionaries, lists, texts, numbers and arrays",
                       static_cast<int>(step)));
    }
  }
}

void PickleMachine::push(PickledValue value) {
  if (values_.size() == kMost || stack_.size() == kMost) bytes_.fail("it has too many parts");
  stack_.push_back(values_.size());
  values_.push_back(std::move(value));
}

void PickleMachine::push_words(std::string words) {
  push({.kind = Kind::words, .words = std::make_shared<const std::string>(std::move(words))});
}

void PickleMachine::push_long(const std::string& digits) {
  int64_t whole = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  if (problem != std::errc() || end != digits.data() + digits.size())
    bytes_.fail(text("\"{}\" is no whole number of 64 bits", digits));
  push_whole(whole);
}

void PickleMachine::push_line_number(uint8_t step) {
  std::string digits = pickled_line(bytes_);
  if (step == 'L' && digits.ends_with('L')) digits.pop_back();
  if (step != 'F') return push_long(digits);
  double real = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), real);
  if (problem != std::errc() || end != digits.data() + digits.size())
    bytes_.fail(text("\"{}\" is no number", digits));
  push({.kind = Kind::real, .real = real});
}

bool PickleMachine::step_number(uint8_t step) {
  switch (step) {
    case 'N': push({}); return true;
    case 0x88: push_whole(1); return true;
    case 0x89: push_whole(0); return true;
    case 'J': push_whole(static_cast<int32_t>(bytes_.whole(4))); return true;
    case 'K': push_whole(bytes_.byte()); return true;
    case 'M': push_whole(static_cast<int64_t>(bytes_.whole(2))); return true;
    case 'G': {
      const std::string raw = bytes_.take(8);  // the highest byte first
      uint64_t bits = 0;
      for (const char byte : raw) bits = bits << 8 | static_cast<uint8_t>(byte);
      push({.kind = Kind::real, .real = std::bit_cast<double>(bits)});
      return true;
    }
    case 0x8A: {
      const int bytes = bytes_.byte();
      if (bytes > 8) bytes_.fail("a whole number has more than 64 bits");
      const uint64_t bits = bytes_.whole(bytes);
      const int unused = 64 - 8 * bytes;  // above its sign
      push_whole(bytes == 0 ? 0 : static_cast<int64_t>(bits << unused) >> unused);
      return true;
    }
    case 'I':
    case 'L':
    case 'F': push_line_number(step); return true;
    default: return false;
  }
}

bool PickleMachine::step_words(uint8_t step) {
  switch (step) {
    case 'S': push_words(pickled_quote(bytes_)); return true;
    case 'U':
    case 'C':
    case 0x8C: push_words(bytes_.take(bytes_.byte())); return true;
    case 'T':
    case 'B':
    case 'X': push_words(bytes_.take(bytes_.whole(4))); return true;
    case 0x8D:
    case 0x8E: push_words(bytes_.take(bytes_.whole(8))); return true;
    case 'V': push_words(pickled_line(bytes_)); return true;
    default: return false;
  }
}

bool PickleMachine::step_container(uint8_t step) {
  switch (step) {
    case '(':
      if (marks_.size() == kMost) bytes_.fail("it has too many parts");
      marks_.push_back(stack_.size());
      return true;
    case ')':
    case ']': push({.kind = Kind::list}); return true;
    case '}': push({.kind = Kind::dictionary}); return true;
    case 't':
    case 'l': push({.kind = Kind::list, .parts = pop_to_mark()}); return true;
    case 0x85:
    case 0x86:
    case 0x87: push({.kind = Kind::list, .parts = pop_last(step - 0x84)}); return true;
    case 'd': {
      const std::vector<size_t> parts = pop_to_mark();
      push({.kind = Kind::dictionary});
      append(top(), Kind::dictionary, parts);
      return true;
    }
    case 'a':
    case 's': {
      const std::vector<size_t> parts = pop_last(step == 'a' ? 1 : 2);
      append(top(), step == 'a' ? Kind::list : Kind::dictionary, parts);
      return true;
    }
    case 'e':
    case 'u': {
      const std::vector<size_t> parts = pop_to_mark();
      append(top(), step == 'e' ? Kind::list : Kind::dictionary, parts);
      return true;
    }
    default: return false;
  }
}

bool PickleMachine::step_known(uint8_t step) {
  switch (step) {
    case 'p': remember(line_key()); return true;
    case 'q': remember(bytes_.byte()); return true;
    case 'r': remember(static_cast<int64_t>(bytes_.whole(4))); return true;
    case 0x94: remember(static_cast<int64_t>(memo_.size())); return true;
    case 'g': recall(line_key()); return true;
    case 'h': recall(bytes_.byte()); return true;
    case 'j': recall(static_cast<int64_t>(bytes_.whole(4))); return true;
    default: return false;
  }
}

bool PickleMachine::step_object(uint8_t step) {
  switch (step) {
    case 'c': {
      const std::string module = pickled_line(bytes_);
      name_global(module, pickled_line(bytes_));
      return true;
    }
    case 0x93: {
      const std::vector<size_t> both = pop_last(2);
      name_global(*part(both, 0, Kind::words).words, *part(both, 1, Kind::words).words);
      return true;
    }
    case 0x95: bytes_.whole(8); return true;  // how long the part that follows is
    case 'R': reduce(); return true;
    case 'b': build(); return true;
    default: return false;
  }
}

size_t PickleMachine::top() {
  if (stack_.empty() || (!marks_.empty() && marks_.back() == stack_.size()))
    bytes_.fail("a step has nothing to work on");
  return stack_.back();
}

size_t PickleMachine::pop() {
  const size_t number = top();
  stack_.pop_back();
  return number;
}

std::vector<size_t> PickleMachine::pop_to_mark() {
  if (marks_.empty()) bytes_.fail("parts end that did not begin");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  const std::vector<size_t> parts(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return parts;
}

std::vector<size_t> PickleMachine::pop_last(size_t count) {
  std::vector<size_t> parts(count);
  for (size_t i = count; i > 0; --i) parts[i - 1] = pop();
  return parts;
}

void PickleMachine::append(size_t container, Kind kind, const std::vector<size_t>& parts) {
  if (value(container).kind != kind) bytes_.fail("parts are added to what holds none");
  if (kind == Kind::dictionary && parts.size() % 2 != 0) bytes_.fail("a key has no value");
  std::vector<size_t>& all = values_[container].parts;
  if (all.size() + parts.size() > kMost) bytes_.fail("it has too many parts");
  all.insert(all.end(), parts.begin(), parts.end());
}

int64_t PickleMachine::line_key() {
  push_long(pickled_line(bytes_));
  return value(pop()).whole;
}

void PickleMachine::remember(int64_t key) {
  if (memo_.size() == kMost) bytes_.fail("it has too many parts");
  memo_[key] = top();
}

void PickleMachine::recall(int64_t key) {
  const auto known = memo_.find(key);
  if (known == memo_.end()) bytes_.fail(text("it recalls {}, which it did not remember", key));
  if (stack_.size() == kMost) bytes_.fail("it has too many parts");
  stack_.push_back(known->second);
}

void PickleMachine::name_global(const std::string& module, const std::string& name) {
  const std::string both = module + " " + name;
  if (!is_known(both))
    bytes_.fail(
        text("it asks for {}.{}, and only NumPy's arrays are read; nothing was run", module, name));
  push({.kind = Kind::global, .words = std::make_shared<const std::string>(both)});
}

const PickledValue& PickleMachine::part(const std::vector<size_t>& parts, size_t i, Kind kind) {
  if (i >= parts.size() || value(parts[i]).kind != kind)
    bytes_.fail("an array is not as NumPy writes it");
  return value(parts[i]);
}

void PickleMachine::reduce() {
  const std::vector<size_t> call = pop_last(2);
  const std::string name = *part(call, 0, Kind::global).words;
  const std::vector<size_t> given = part(call, 1, Kind::list).parts;
  if (is_reconstruct(name)) {
    if (*part(given, 0, Kind::global).words != "numpy ndarray")
      bytes_.fail("an array is not as NumPy writes it");
    push({.kind = Kind::array});  // build() fills it
    return;
  }
  if (name == kEncode) {
    if (given.size() != 2 || *part(given, 1, Kind::words).words != "latin1")
      bytes_.fail("it encodes a text in another way than latin1");
    return push_words(pickled_bytes(*part(given, 0, Kind::words).words, bytes_));
  }
  if (name != "numpy dtype") bytes_.fail(text("it calls {}, which is not to be called", name));
  push({.kind = Kind::type, .words = part(given, 0, Kind::words).words});
}

PickledValue PickleMachine::type_of(const std::vector<size_t>& state, PickledValue type) {
  type.byte_order = *part(state, 1, Kind::words).words;
  for (const size_t i : {2, 3, 4}) part(state, i, Kind::none);  // of types made of others
  return type;
}

PickledValue PickleMachine::array_of(const std::vector<size_t>& state) {
  std::vector<int64_t> shape;
  const std::vector<size_t>& extents = part(state, 1, Kind::list).parts;
  for (size_t i = 0; i < extents.size(); ++i) shape.push_back(part(extents, i, Kind::whole).whole);
  const PickledValue& type = part(state, 2, Kind::type);
  const auto order = part(state, 3, Kind::whole).whole != 0 ? PickledArray::Order::columns
                                                            : PickledArray::Order::rows;
  const auto bytes = part(state, 4, Kind::words).words;
  try {
    return {.kind = Kind::array,
            .array = std::make_shared<const PickledArray>(*type.words, type.byte_order,
                                                          std::move(shape), order, bytes)};
  } catch (const DataError& error) {
    bytes_.fail(error.what());
  }
}

void PickleMachine::build() {
  const std::vector<size_t> state = part({pop()}, 0, Kind::list).parts;
  const size_t made = top();
  if (value(made).kind == Kind::type)
    values_[made] = type_of(state, value(made));
  else if (value(made).kind == Kind::array)
    values_[made] = array_of(state);
  else
    bytes_.fail("it builds what is no array");
}

}  // namespace tacit
