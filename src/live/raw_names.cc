// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <string_view>

namespace espcap::live {
namespace {

constexpr size_t kTimeDigits = 14;  // 20261124133307

// "raw-eth0", before number and ending.
std::string StemOf(const std::filesystem::path& path, const std::string& interface) {
  std::string stem = path.stem().string();
  if (!interface.empty()) {
    std::string more = "-" + interface;
    std::replace(more.begin(), more.end(), '/', '-');
    stem += more;
  }
  return stem;
}

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string RawFileName(const RawOptions& options, const std::string& interface, uint32_t number,
                        std::time_t now) {
  const std::filesystem::path path(options.path);
  std::string name = StemOf(path, interface);
  // An interface that came back goes on in a file of its own.
  if (options.Rotates() || number > 1) {
    std::tm local{};
    std::array<char, kTimeDigits + 1> time{};
    if (localtime_r(&now, &local) != nullptr) {
      static_cast<void>(std::strftime(time.data(), time.size(), "%Y%m%d%H%M%S", &local));
    }
    name += fmt::format("_{:05}_{}", number, time.data());
  }
  return (path.parent_path() / (name + path.extension().string())).string();
}

std::optional<uint32_t> NumberOfRawFile(const RawOptions& options, const std::string& interface,
                                        const std::string& name) {
  const std::filesystem::path path(options.path);
  const std::string stem = StemOf(path, interface);
  const std::string ending = path.extension().string();
  std::string_view rest = name;
  if (!rest.starts_with(stem) || !rest.ends_with(ending)) return std::nullopt;
  if (rest.size() < stem.size() + ending.size()) return std::nullopt;
  rest = rest.substr(stem.size(), rest.size() - stem.size() - ending.size());
  if (rest.empty()) return options.Rotates() ? std::nullopt : std::optional<uint32_t>(1);
  // "_00001_20261124133307"
  if (rest.size() < 1 + 5 + 1 + kTimeDigits || rest.front() != '_') return std::nullopt;
  const std::string_view digits = rest.substr(1, rest.size() - 2 - kTimeDigits);
  const std::string_view time = rest.substr(rest.size() - kTimeDigits);
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size();
  if (!is_number || rest[1 + digits.size()] != '_' || !AreDigits(time)) return std::nullopt;
  return number;
}

}  // namespace espcap::live
