// SPDX-License-Identifier: GPL-2.0-or-later
//
// SIGINT, SIGTERM and SIGHUP: the first asks the run to stop. Those within a second of it are the
// same request (GNU timeout sends two). A later one means now: the process ends two seconds after
// it at the latest. SIGPIPE and SIGXFSZ are ignored: a closed pipe and a file at its size limit
// are write errors.
#ifndef ESPCAP_PROCESS_STOP_SIGNALS_H_
#define ESPCAP_PROCESS_STOP_SIGNALS_H_

#include <functional>

namespace espcap::process {

// Once, in the supervisor. A SIGHUP that was ignored at the start stays so, as under nohup(1).
void InstallStopSignals();

// The first signal that came; 0: none.
[[nodiscard]] int StopSignal();
[[nodiscard]] inline bool StopRequested() { return StopSignal() != 0; }
[[nodiscard]] bool StopNowRequested();

// The same, as a run asks for it.
struct StopRequests {
  std::function<int()> signal = StopSignal;
  std::function<bool()> stop_now = StopNowRequested;
};

// Readable when one has come since ClearStopEvent(). -1 before InstallStopSignals().
[[nodiscard]] int StopEventFd();
void ClearStopEvent();

// In a child: these signals are the supervisor's business (a terminal sends SIGINT to every process
// of the run), as is SIGUSR1 (status_signal.h); ReadInterruptingSignal() ends a read that waits.
void LeaveStopSignalsToSupervisor();

// The signal that ends a child's waiting read with EINTR.
int ReadInterruptingSignal();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_STOP_SIGNALS_H_
