// SPDX-License-Identifier: GPL-2.0-or-later
#include "worker/opener.h"

#include <algorithm>
#include <string>
#include <utility>

#include "process/privileges.h"
#include "process/syscall_filter.h"
#include "source/wiretap_alone.h"

namespace espcap::worker {
namespace {

// libpcap opens those as files.
bool IsUsb(const std::string& interface) { return interface.starts_with("usbmon"); }

}  // namespace

Result<std::unique_ptr<live::LinkWatch>> PrepareOpener(const WorkerOptions& options,
                                                       const SharedMemory& memory) {
  source::StartWiretapAlone();
  const auto& interfaces = options.live.interfaces;
  auto ready = process::DropPrivileges(
      options.unprivileged, {.reading = std::any_of(interfaces.begin(), interfaces.end(), IsUsb),
                             .capturing = true,
                             .monitoring = options.live.device.monitor});
  if (ready) ready = process::ForbidSystemCalls();
  if (!ready) return Forward(std::move(ready));
  return live::LinkWatch::Open(*memory.links, *memory.shared_state, interfaces);
}

}  // namespace espcap::worker
