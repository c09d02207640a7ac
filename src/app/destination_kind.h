// SPDX-License-Identifier: GPL-2.0-or-later
//
// What kind of destination the user asked for. Pure.
#ifndef ESPCAP_APP_DESTINATION_KIND_H_
#define ESPCAP_APP_DESTINATION_KIND_H_

#include <cstdint>

#include "cli/settings.h"

namespace espcap::app {

enum class DestinationKind : uint8_t {
  kStream,   // a file or standard output
  kServer,   // Elasticsearch or OpenSearch
  kTopic,    // Kafka's
  kForward,  // the same, of packets that nobody has dissected
};

DestinationKind DestinationKindOf(const cli::CaptureSettings& settings);

// Kafka, either way.
bool IsTopic(const cli::CaptureSettings& settings);

// Documents leave the machine, to be searched with those of others.
bool IsRemote(const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_DESTINATION_KIND_H_
