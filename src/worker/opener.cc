// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/opener.h"

#include <algorithm>
#include <string>

#include "process/privileges.h"
#include "process/syscall_filter.h"
#include "source/wiretap_alone.h"

namespace espcap::worker {
namespace {

// libpcap opens those as files.
bool IsUsb(const std::string& interface) { return interface.starts_with("usbmon"); }

}  // namespace

Result<void> PrepareOpener(const WorkerOptions& options) {
  source::StartWiretapAlone();
  const auto& interfaces = options.live.interfaces;
  const auto dropped = process::DropPrivileges(
      options.unprivileged, {.reading = std::any_of(interfaces.begin(), interfaces.end(), IsUsb),
                             .capturing = true,
                             .monitoring = options.live.device.monitor});
  return dropped ? process::ForbidSystemCalls() : dropped;
}

}  // namespace espcap::worker
