// SPDX-License-Identifier: GPL-2.0-or-later
//
// The users that the processes of a run become where root starts it: the supervisor one, those that
// parse packets another.
#ifndef ESPCAP_APP_RUN_IDENTITY_H_
#define ESPCAP_APP_RUN_IDENTITY_H_

#include <optional>

#include "cli/settings.h"
#include "espcap/result.h"
#include "process/privileges.h"
#include "telemetry/log.h"

namespace espcap::app {

// Of processes that parse packets, where no other is named.
inline constexpr const char* kWorkerUser = "nobody";

struct RunIdentities {
  std::optional<process::Identity> supervisor;  // none: it stays who it is
  std::optional<process::Identity> worker;      // none: as above
};

// An error where there is no such user, where both are the same one, or where one is named and this
// process isn't root.
Result<RunIdentities> ChooseIdentities(const cli::CaptureSettings& settings);

// In the supervisor, once its processes are forked and before it has threads: it becomes that user
// for good, without capabilities. Whatever it reads
// or writes later is tried; an error names the option, the path and what to do.
Result<void> BecomeSupervisor(const RunIdentities& identities, const cli::CaptureSettings& settings,
                              telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_RUN_IDENTITY_H_
