// SPDX-License-Identifier: GPL-2.0-or-later
//
// Properties of librdkafka that the user may set, and those that are refused: what would break the
// run's guarantees, load code, or hold a secret where everybody can read it. Pure.
#ifndef ESPCAP_KAFKA_PROPERTIES_H_
#define ESPCAP_KAFKA_PROPERTIES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espcap/result.h"

namespace espcap::kafka {

// In the order in which they are set: the last of a name counts.
using Properties = std::vector<std::pair<std::string, std::string>>;

// Of "NAME=VALUE" each, as --kafka has them. A value that may be a secret is in no error.
Result<Properties> ParseProperties(const std::vector<std::string>& texts);

// The value that counts; empty: it isn't set.
std::string_view ValueOf(const Properties& properties, std::string_view name);

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_PROPERTIES_H_
