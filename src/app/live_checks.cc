// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/live_checks.h"

#include <fmt/ranges.h>
#include <net/if.h>

#include <algorithm>
#include <vector>

#include "app/destination_kind.h"
#include "app/run_options.h"
#include "base/nearest_name.h"
#include "live/remote_address.h"
#include "live/shared_capture_state.h"
#include "source/interfaces.h"

namespace espcap::app {
namespace {

bool IsOrdered(const cli::CaptureSettings& settings) {
  return settings.ordered.value_or(!IsRemote(settings));
}

// Without privilege the list may be short: then the kernel knows of more.
Result<void> CheckInterfaces(const std::vector<std::string>& names) {
  const auto interfaces = source::ListInterfaces();
  if (!interfaces) return tl::unexpected(interfaces.error());
  std::vector<std::string> known;
  for (const source::Interface& interface : *interfaces) known.push_back(interface.name);
  for (const std::string& name : names) {
    if (live::IsRemote(name)) {
      if (const auto address = live::ParseRemote(name); !address) {
        return tl::unexpected(address.error());
      }
      continue;
    }
    if (name.empty()) return Fail("--nic: the name is missing");
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (::if_nametoindex(name.c_str()) != 0) continue;
    constexpr size_t kShown = 12;
    const bool has_more = known.size() > kShown;
    if (has_more) known.resize(kShown);
    return Fail("--nic {}: no such interface{}; there are {}{} (--list says more)", name,
                base::DidYouMean(name, known), fmt::join(known, ", "), has_more ? ", …" : "");
  }
  return {};
}

}  // namespace

uint32_t LiveWorkersOf(const cli::CaptureSettings& settings, uint32_t cores) {
  return IsOrdered(settings) && settings.workers == 0 ? 1 : cores;
}

Result<void> CheckLive(const cli::CaptureSettings& settings) {
  if (!settings.resume.empty()) return Fail("--resume is for files: live packets come once");
  if (settings.two_pass) return Fail("--two-pass is for files: live packets come once");
  if (settings.shards > 1) return Fail("--shards is for files; live, --workers share the packets");
  if (settings.workers > 1 && settings.format == "text") {
    return Fail("--format text: it numbers the packets one after another; live, use one worker");
  }
  if (settings.workers > 1 && settings.ordered.value_or(false)) {
    return Fail("--ordered: live, packets of several workers come in no order; one keeps it");
  }
  const live::RawOptions raw = RawOptionsOf(settings.recording);
  if (raw.path.empty() && (raw.Rotates() || raw.files != 0)) {
    return Fail("--write-bytes, --write-time and --write-files: nothing is written; give --write");
  }
  if (raw.files != 0 && !raw.Rotates()) {
    return Fail("--write-files: one file is all there is without --write-bytes or --write-time");
  }
  if (settings.fanout_processes && settings.fanout_group == 0) {
    return Fail("--fanout-processes: no group is given; give --fanout");
  }
  if (settings.fanout_group + settings.interfaces.size() > UINT16_MAX + size_t{1}) {
    return Fail("--fanout {}: each interface has the next group, up to {}; give a lower one",
                settings.fanout_group, UINT16_MAX);
  }
  if (settings.interfaces.size() > live::SharedCaptureState::kMaxInterfaces) {
    return Fail("--nic: at most {} interfaces", live::SharedCaptureState::kMaxInterfaces);
  }
  return CheckInterfaces(settings.interfaces);
}

}  // namespace espcap::app
