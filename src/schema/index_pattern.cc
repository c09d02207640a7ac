// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/index_pattern.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

namespace espcap::schema {
namespace {

// Where the conversion that starts at `text[percent]` ends: %Y, %-d, %Ey, %05d.
size_t EndOfConversion(const std::string& text, size_t percent) {
  constexpr std::string_view kModifiers = "EO_-^#+0123456789";
  const size_t letter = text.find_first_not_of(kModifiers, percent + 1);
  return letter == std::string::npos ? text.size() : letter + 1;
}

}  // namespace

std::string IndexPattern(const std::string& strftime_pattern) {
  std::string pattern;
  std::string punctuation;  // since the last wildcard
  for (size_t i = 0; i < strftime_pattern.size();) {
    if (strftime_pattern[i] != '%') {
      punctuation += strftime_pattern[i++];
      if (std::isalnum(static_cast<unsigned char>(punctuation.back())) == 0 &&
          pattern.ends_with('*')) {
        continue;
      }
      pattern += std::exchange(punctuation, {});
      continue;
    }
    const size_t end = EndOfConversion(strftime_pattern, i);
    if (strftime_pattern.substr(i, end - i) == "%%") {
      pattern += std::exchange(punctuation, {}) + '%';
    } else if (!pattern.ends_with('*')) {
      pattern += '*';
    }
    punctuation.clear();
    i = end;
  }
  return pattern + punctuation;
}

std::string TemplateName(const std::string& index_pattern) {
  std::string name = "espcap-" + index_pattern;
  name.erase(std::remove(name.begin(), name.end(), '*'), name.end());
  while (name.back() == '-' || name.back() == '.' || name.back() == '_') name.pop_back();
  return name;
}

}  // namespace espcap::schema
