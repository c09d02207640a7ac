// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/field_list.h"

#include <fmt/ranges.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace espcap::dissect {
namespace {

constexpr size_t kMaxFileBytes = size_t{8} << 20U;  // all of libwireshark's names take 6 MB

constexpr std::string_view kBlank = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// The trimmed parts of `text` between any of `separators`; empty ones are nothing.
std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find_first_of(separators);
    if (const std::string_view part = Trim(text.substr(0, end)); !part.empty()) {
      parts.push_back(part);
    }
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Result<std::string> ReadList(std::string_view option, const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return Fail("{}: read {}: is a directory", option, path);
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file && !file.eof())) {
    return Fail("{}: read {}: {}", option, path, std::generic_category().message(errno));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) {
    return Fail("{}: read {}: more than {} bytes are no list of names", option, path,
                kMaxFileBytes);
  }
  return text;
}

Result<NamePattern> ParseName(std::string_view option, std::string_view name) {
  const size_t star = name.find('*');
  if (star == std::string_view::npos) return NamePattern{std::string(name), false};
  if (star + 1 != name.size()) {
    return Fail("{} '{}': a * can only be the last character (tcp.*)", option, name);
  }
  return NamePattern{std::string(name.substr(0, star)), true};
}

Result<void> AddNames(std::string_view option, const std::vector<std::string_view>& names,
                      std::vector<NamePattern>& patterns) {
  for (const std::string_view name : names) {
    auto pattern = ParseName(option, name);
    if (!pattern) return Forward(std::move(pattern));
    patterns.push_back(std::move(*pattern));
  }
  return {};
}

Result<void> AddNamesOfFile(std::string_view option, const std::string& path,
                            std::vector<NamePattern>& patterns) {
  const auto text = ReadList(option, path);
  if (!text) return tl::unexpected(text.error());
  for (const std::string_view line : Split(*text, "\n")) {
    const auto names = Split(line.substr(0, line.find('#')), ",");
    if (auto added = AddNames(option, names, patterns); !added) return added;
  }
  return {};
}

}  // namespace

Result<std::vector<NamePattern>> ParseFieldList(std::string_view option,
                                                const std::vector<std::string>& values) {
  std::vector<NamePattern> patterns;
  for (const std::string& value : values) {
    for (const std::string_view item : Split(value, ",")) {
      auto added = item.starts_with('@')
                       ? AddNamesOfFile(option, std::string(Trim(item.substr(1))), patterns)
                       : AddNames(option, {item}, patterns);
      if (!added) return Forward(std::move(added));
    }
  }
  if (patterns.empty() && !values.empty()) {
    return Fail("{} '{}': no name in it", option, fmt::join(values, ","));
  }
  return patterns;
}

}  // namespace espcap::dissect
