// SPDX-License-Identifier: Apache-2.0
#include "tacit/data/readers/open_quote.h"

namespace tacit {

void OpenQuote::read(std::string_view bytes) {
  for (; skip_ > 0 && !bytes.empty(); --skip_) {
    const size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
  }
  for (size_t at = 0; at < bytes.size();) {
    const size_t quote = bytes.find('"', at);  // most bytes are none
    if (quote == std::string_view::npos) {
      closed_now_ = false;
      break;
    }
    if (quote > at) {
      closed_now_ = false;
      last_ = bytes[quote - 1];
    }
    const bool was_open = open_;
    open_ = !was_open && (closed_now_ || starts_cell());
    closed_now_ = was_open;
    last_ = '"';
    at = quote + 1;
  }
  if (!bytes.empty()) last_ = bytes.back();
}

}  // namespace tacit
