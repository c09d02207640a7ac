// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/index_name.h"

#include <algorithm>
#include <string_view>

namespace espcap::document {
namespace {

constexpr size_t kMaxNameBytes = 255;
constexpr std::string_view kForbidden = "\\/*?\"<>| ,#:";

std::string Format(const std::string& pattern, std::time_t seconds) {
  std::tm utc{};
  // A damaged time beyond every calendar counts as none: 1970.
  constexpr std::time_t kEpoch = 0;
  if (gmtime_r(&seconds, &utc) == nullptr) gmtime_r(&kEpoch, &utc);
  // Longer than any conversion makes it, so that 0 is an empty name, not a lack of room.
  std::string text(pattern.size() * 16 + kMaxNameBytes, '\0');
  text.resize(std::strftime(text.data(), text.size(), pattern.c_str(), &utc));
  return text;
}

}  // namespace

std::string IndexNameFault(const std::string& name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kMaxNameBytes) return "it is longer than 255 bytes";
  if (name == "." || name == "..") return "it can't be . or ..";
  if (std::string_view("-_+").find(name.front()) != std::string_view::npos) {
    return "it can't start with -, _ or +";
  }
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') return "it must be lower case";
    if (kForbidden.find(c) != std::string_view::npos || static_cast<unsigned char>(c) < 0x20) {
      return fmt::format("it can't hold '{}'", c);
    }
  }
  return {};
}

Result<IndexName> IndexName::Parse(const std::string& pattern) {
  IndexName index(pattern);
  if (const std::string fault = IndexNameFault(index.For(0)); !fault.empty()) {
    return Fail("--index '{}': makes the index name '{}', but {}", pattern, index.For(0), fault);
  }
  return index;
}

const std::string& IndexName::For(std::time_t seconds) {
  if (seconds_ != seconds) {
    name_ = Format(pattern_, seconds);
    seconds_ = seconds;
  }
  return name_;
}

}  // namespace espcap::document
