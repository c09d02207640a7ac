// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <system_error>

#include "base/utf8.h"

namespace espcap::base {

std::string PathText(std::string_view path) {
  std::string text;
  const auto* at = reinterpret_cast<const uint8_t*>(path.data());
  const uint8_t* const end = at + path.size();
  while (at != end) {
    constexpr uint8_t kDelete = 0x7F;
    const bool is_plain = *at >= ' ' && *at < kDelete && *at != '%';
    const Utf8Sequence sequence =
        *at < 0x80 ? Utf8Sequence{1, is_plain} : ReadUtf8Sequence(at, end);
    for (size_t i = 0; i < sequence.length; ++i, ++at) {
      sequence.valid ? text += static_cast<char>(*at) : text += fmt::format("%{:02X}", *at);
    }
  }
  return text;
}

std::string PathOfText(std::string_view text) {
  std::string path;
  while (!text.empty()) {
    uint8_t byte = 0;
    const std::string_view digits = text.substr(1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    const bool is_byte = text.front() == '%' && digits.size() == 2 && error == std::errc() &&
                         end == digits.data() + digits.size();
    path += is_byte ? static_cast<char>(byte) : text.front();
    text.remove_prefix(is_byte ? 3 : 1);
  }
  return path;
}

}  // namespace espcap::base
