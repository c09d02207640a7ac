// SPDX-License-Identifier: GPL-2.0-or-later
//
// Tables that are written as words with spaces between them.
#ifndef ESPCAP_SCHEMA_WORDS_H_
#define ESPCAP_SCHEMA_WORDS_H_

#include <algorithm>
#include <string_view>
#include <vector>

namespace espcap::schema {

inline std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t length = std::min(text.find(' '), text.size());
    if (length > 0) words.push_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return words;
}

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_WORDS_H_
