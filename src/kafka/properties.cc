// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/properties.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace espcap::kafka {
namespace {

constexpr size_t kMaxProperties = 128;
constexpr size_t kMaxNameBytes = 128;
constexpr size_t kMaxValueBytes = 4096;

struct Refused {
  std::string_view name;
  std::string_view reason;
};

constexpr std::string_view kGuarantee = "espcap sets it, so that every document counts once";
constexpr std::string_view kAddress = "the brokers are those of kafka://BROKER/TOPIC";
constexpr std::string_view kLoadsCode = "it runs code of another program";
constexpr std::string_view kPassword =
    "a secret doesn't belong on a command line; give --password-file, or ESPCAP_PASSWORD in the "
    "environment";
constexpr std::string_view kKeySecret =
    "a secret doesn't belong on a command line; give --client-key, a PEM file without a passphrase "
    "that only its owner can read";
constexpr std::string_view kOtherSecret = "a secret doesn't belong on a command line";

constexpr std::array kRefused = {
    Refused{"acks", kGuarantee},
    Refused{"request.required.acks", kGuarantee},
    Refused{"enable.idempotence", kGuarantee},
    Refused{"enable.gapless.guarantee", kGuarantee},
    Refused{"transactional.id", kGuarantee},
    Refused{"message.timeout.ms", kGuarantee},
    Refused{"delivery.timeout.ms", kGuarantee},
    Refused{"retries", kGuarantee},
    Refused{"message.send.max.retries", kGuarantee},
    Refused{"message.max.bytes", kGuarantee},
    Refused{"queue.buffering.max.messages", kGuarantee},
    Refused{"queue.buffering.max.kbytes", kGuarantee},
    Refused{"delivery.report.only.error", kGuarantee},
    Refused{"enable.auto.commit", kGuarantee},
    Refused{"enable.auto.offset.store", kGuarantee},
    Refused{"auto.offset.reset", kGuarantee},
    Refused{"partition.assignment.strategy", kGuarantee},
    Refused{"partitioner", kGuarantee},
    Refused{"group.id", kGuarantee},
    Refused{"bootstrap.servers", kAddress},
    Refused{"metadata.broker.list", kAddress},
    Refused{"plugin.library.paths", kLoadsCode},
    Refused{"ssl.engine.location", kLoadsCode},
    Refused{"ssl.engine.id", kLoadsCode},
    Refused{"ssl.providers", kLoadsCode},
    Refused{"sasl.kerberos.kinit.cmd", kLoadsCode},
    Refused{"sasl.password", kPassword},
    Refused{"ssl.key.password", kKeySecret},
    Refused{"ssl.key.pem", kKeySecret},
    Refused{"ssl.keystore.password", kKeySecret},
    Refused{"sasl.oauthbearer.config", kOtherSecret},
    Refused{"sasl.oauthbearer.client.secret", kOtherSecret},
};

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
         });
}

}  // namespace

Result<Properties> ParseProperties(const std::vector<std::string>& texts) {
  if (texts.size() > kMaxProperties) {
    return Fail("--kafka: it is given {} times; {} are allowed", texts.size(), kMaxProperties);
  }
  Properties properties;
  for (const std::string_view text : texts) {
    const size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals == std::string_view::npos || !IsName(name)) {
      return Fail("--kafka: a property is NAME=VALUE, as security.protocol=ssl");
    }
    const auto* const refused = std::find_if(
        kRefused.begin(), kRefused.end(), [name](const Refused& one) { return one.name == name; });
    if (refused != kRefused.end()) {
      return Fail("--kafka {}: this property can't be set: {}", name, refused->reason);
    }
    const std::string_view value = text.substr(equals + 1);
    if (value.size() > kMaxValueBytes) {
      return Fail("--kafka {}: the value is longer than {} bytes", name, kMaxValueBytes);
    }
    properties.emplace_back(name, value);
  }
  return properties;
}

std::string_view ValueOf(const Properties& properties, std::string_view name) {
  const auto found = std::find_if(properties.rbegin(), properties.rend(),
                                  [name](const auto& one) { return one.first == name; });
  return found == properties.rend() ? std::string_view() : std::string_view(found->second);
}

}  // namespace espcap::kafka
