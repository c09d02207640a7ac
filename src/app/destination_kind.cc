// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/destination_kind.h"

#include "kafka/address.h"

namespace espcap::app {

DestinationKind DestinationKindOf(const cli::CaptureSettings& settings) {
  if (!settings.nodes.empty()) return DestinationKind::kServer;
  return kafka::IsAddress(settings.output) ? DestinationKind::kTopic : DestinationKind::kStream;
}

bool IsRemote(const cli::CaptureSettings& settings) {
  return DestinationKindOf(settings) != DestinationKind::kStream;
}

}  // namespace espcap::app
