// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a topic is, as the user writes it: kafka://BROKER[,BROKER…]/TOPIC, or both apart. Pure.
#ifndef ESPCAP_KAFKA_ADDRESS_H_
#define ESPCAP_KAFKA_ADDRESS_H_

#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::kafka {

struct Address {
  std::vector<std::string> brokers;  // host:port, or [IPv6]:port; never empty
  std::string topic;

  // As librdkafka has it.
  [[nodiscard]] std::string Bootstrap() const;
  // As the user wrote it, with every port.
  [[nodiscard]] std::string Text() const;
};

// Whether it is meant to be such an address.
bool IsAddress(std::string_view text);

// An error names the option, and what is wrong. A password in it isn't repeated.
Result<Address> ParseAddress(std::string_view option, std::string_view text);

// The two apart, each of an option of its own: BROKER[,BROKER…] and TOPIC.
struct AddressOptions {
  std::string_view brokers;
  std::string_view topic;
};
Result<Address> ParseAddress(const AddressOptions& options, std::string_view brokers,
                             std::string_view topic);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_ADDRESS_H_
