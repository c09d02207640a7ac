// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/destination_kind.h"

#include "kafka/address.h"

namespace espcap::app {

DestinationKind DestinationKindOf(const cli::CaptureSettings& settings) {
  if (!settings.forward.empty()) return DestinationKind::kForward;
  if (!settings.nodes.empty()) return DestinationKind::kServer;
  return kafka::IsAddress(settings.output) ? DestinationKind::kTopic : DestinationKind::kStream;
}

bool IsTopic(const cli::CaptureSettings& settings) {
  const DestinationKind kind = DestinationKindOf(settings);
  return kind == DestinationKind::kTopic || kind == DestinationKind::kForward;
}

bool IsRemote(const cli::CaptureSettings& settings) {
  return DestinationKindOf(settings) != DestinationKind::kStream;
}

}  // namespace espcap::app
