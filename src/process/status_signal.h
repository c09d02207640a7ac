// SPDX-License-Identifier: GPL-2.0-or-later
//
// SIGUSR1: someone asks for the state of the run. It disturbs nothing; several that come
// together are one request.
#ifndef ESPCAP_PROCESS_STATUS_SIGNAL_H_
#define ESPCAP_PROCESS_STATUS_SIGNAL_H_

namespace espcap::process {

// Once, in the supervisor, before it forks: a signal must not end a run that is about to start.
void InstallStatusSignal();

// Readable when it has come. -1 before InstallStatusSignal().
[[nodiscard]] int StatusEventFd();
// Whether it has come since it was last taken.
bool ConsumeStatusRequest();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_STATUS_SIGNAL_H_
