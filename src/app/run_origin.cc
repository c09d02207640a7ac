// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/run_origin.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "app/destination_kind.h"

namespace espcap::app {
namespace {

// Of each text, and of the lists: all of it is in every document.
constexpr size_t kMaxBytes = 256;
constexpr size_t kMaxListed = 64;

// 128 bits as hexadecimal digits, which need no quotes in a query.
std::string NewId() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", static_cast<uint32_t>(random()));
  return id;
}

std::string HostName() {
  std::array<char, 256> name{};
  const bool is_known = ::gethostname(name.data(), name.size() - 1) == 0 && name.front() != '\0';
  return is_known ? name.data() : "unknown";
}

bool IsKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

Result<void> CheckText(std::string_view option, const std::string& text) {
  if (!text.empty() && text.size() <= kMaxBytes) return {};
  return Fail("{} '{}': it is empty or longer than {} bytes", option, text.substr(0, kMaxBytes),
              kMaxBytes);
}

}  // namespace

Result<encode::RunOrigin> RunOriginOf(const cli::OriginSettings& settings) {
  if (settings.tags.size() > kMaxListed || settings.labels.size() > kMaxListed) {
    return Fail("--tag and --label: each can be given {} times at most", kMaxListed);
  }
  encode::RunOrigin origin;
  origin.run = NewId();
  origin.sensor = settings.sensor.empty() ? HostName() : settings.sensor;
  if (auto checked = CheckText("--sensor", origin.sensor); !checked) {
    return Forward(std::move(checked));
  }
  for (const std::string& tag : settings.tags) {
    if (auto checked = CheckText("--tag", tag); !checked) return Forward(std::move(checked));
    const auto& tags = origin.tags;
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) origin.tags.push_back(tag);
  }
  for (const std::string& label : settings.labels) {
    if (auto checked = CheckText("--label", label); !checked) return Forward(std::move(checked));
    const size_t equals = label.find('=');
    std::string key = label.substr(0, equals);
    if (equals == std::string::npos || !IsKey(key)) {
      return Fail("--label {}: write KEY=VALUE, with a key of letters, digits, _ and -", label);
    }
    const bool is_there = std::any_of(origin.labels.begin(), origin.labels.end(),
                                      [&key](const auto& one) { return one.first == key; });
    if (is_there) return Fail("--label {}: the key {} is given twice", label, key);
    origin.labels.emplace_back(std::move(key), label.substr(equals + 1));
  }
  return origin;
}

std::vector<std::string> LabelKeysOf(const cli::OriginSettings& settings) {
  std::vector<std::string> keys;
  for (const std::string& label : settings.labels) {
    const size_t equals = label.find('=');
    if (equals != std::string::npos) keys.push_back(label.substr(0, equals));
  }
  return keys;
}

bool HasProvenance(const cli::CaptureSettings& settings) {
  return settings.origin.provenance.value_or(IsRemote(settings));
}

}  // namespace espcap::app
