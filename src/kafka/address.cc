// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/address.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace espcap::kafka {
namespace {

constexpr std::string_view kScheme = "kafka://";
constexpr size_t kMaxBytes = 4096;
constexpr size_t kMaxBrokers = 64;
constexpr size_t kMaxHostBytes = 255;
constexpr size_t kMaxTopicBytes = 249;  // Kafka's own bound
constexpr std::string_view kDefaultPort = "9092";

bool IsOfAName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool IsName(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsOfAName);
}

bool IsIpv6(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' ||
           c == '.' || c == '%';
  });
}

bool IsPort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

// With its port.
Result<std::string> ParseBroker(std::string_view text) {
  const bool has_brackets = text.starts_with('[');
  const size_t host_end = has_brackets ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string_view host = text.substr(0, host_end);
  const std::string_view rest = text.substr(host_end);
  const bool is_host =
      has_brackets ? host.size() > 2 && IsIpv6(host.substr(1, host.size() - 2)) : IsName(host);
  if (!is_host || host.size() > kMaxHostBytes) {
    return Fail("the broker '{}' has no host", text.substr(0, kMaxHostBytes));
  }
  if (rest.empty()) return fmt::format("{}:{}", host, kDefaultPort);
  if (rest.front() != ':' || !IsPort(rest.substr(1))) {
    return Fail("the broker '{}' has no port from 1 to 65535", text.substr(0, kMaxHostBytes));
  }
  return std::string(text);
}

Result<void> CheckTopic(std::string_view topic) {
  if (topic.empty()) return Fail("the topic is missing");
  if (topic.size() > kMaxTopicBytes) {
    return Fail("the topic's name is longer than {} bytes", kMaxTopicBytes);
  }
  if (!IsName(topic) || topic == "." || topic == "..") {
    return Fail("the topic's name '{}' is not valid: use letters, digits, '.', '_' and '-'", topic);
  }
  return {};
}

Result<void> CheckText(std::string_view text) {
  if (text.size() > kMaxBytes) return Fail("it is longer than {} bytes", kMaxBytes);
  if (text.find('@') != std::string_view::npos) return Fail("credentials don't belong here");
  return {};
}

Result<std::vector<std::string>> ParseBrokers(std::string_view brokers) {
  std::vector<std::string> parsed;
  for (bool is_last = false; !is_last;) {
    const size_t comma = std::min(brokers.find(','), brokers.size());
    is_last = comma == brokers.size();
    auto broker = ParseBroker(brokers.substr(0, comma));
    if (!broker) return Forward(std::move(broker));
    if (parsed.size() == kMaxBrokers) return Fail("more than {} brokers", kMaxBrokers);
    parsed.push_back(std::move(*broker));
    brokers.remove_prefix(is_last ? comma : comma + 1);
  }
  return parsed;
}

Result<Address> Parse(std::string_view text) {
  if (auto checked = CheckText(text); !checked) return Forward(std::move(checked));
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string_view topic = text.substr(std::min(slash + 1, text.size()));
  Address address;
  auto brokers = ParseBrokers(text.substr(0, slash));
  if (!brokers) return Forward(std::move(brokers));
  address.brokers = std::move(*brokers);
  if (auto checked = CheckTopic(topic); !checked) return Forward(std::move(checked));
  address.topic = topic;
  return address;
}

// Without what may be a password.
std::string Shown(std::string_view text) {
  const size_t at = text.rfind('@');
  const std::string_view rest = at == std::string_view::npos ? text : text.substr(at);
  return fmt::format("{}{}", at == std::string_view::npos ? "" : "…",
                     rest.substr(0, kMaxHostBytes));
}

}  // namespace

std::string Address::Bootstrap() const { return fmt::format("{}", fmt::join(brokers, ",")); }

std::string Address::Text() const { return fmt::format("{}{}/{}", kScheme, Bootstrap(), topic); }

bool IsAddress(std::string_view text) { return text.starts_with(kScheme); }

Result<Address> ParseAddress(std::string_view option, std::string_view text) {
  text.remove_prefix(std::min(text.size(), kScheme.size()));
  auto address = Parse(text);
  if (address) return address;
  return Fail("{} {}{}: {}; give kafka://HOST:PORT/TOPIC", option, kScheme, Shown(text),
              address.error().message);
}

Result<Address> ParseAddress(const AddressOptions& options, std::string_view brokers,
                             std::string_view topic) {
  Address address;
  auto checked = CheckText(brokers);
  if (checked) {
    auto parsed = ParseBrokers(brokers);
    if (parsed) {
      address.brokers = std::move(*parsed);
    } else {
      checked = Forward(std::move(parsed));
    }
  }
  if (!checked) {
    return Fail("{} {}: {}; give HOST:PORT, or several with commas between", options.brokers,
                Shown(brokers), checked.error().message);
  }
  if (auto named = CheckTopic(topic); !named) {
    return Fail("{}: {}", options.topic, named.error().message);
  }
  address.topic = topic;
  return address;
}

}  // namespace espcap::kafka
