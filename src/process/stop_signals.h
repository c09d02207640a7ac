// SPDX-License-Identifier: GPL-2.0-or-later
//
// SIGINT and SIGTERM: the first asks the run to stop reading and deliver what it has; the second
// ends the process at once. SIGPIPE and SIGXFSZ are ignored: a closed pipe and a file at its size
// limit are write errors.
#ifndef ESPCAP_PROCESS_STOP_SIGNALS_H_
#define ESPCAP_PROCESS_STOP_SIGNALS_H_

namespace espcap::process {

// Once, in the supervisor.
void InstallStopSignals();

[[nodiscard]] bool StopRequested();

// In a child: both signals are the supervisor's business (a terminal sends SIGINT to every process
// of the run), as is SIGUSR1 (status_signal.h); ReadInterruptingSignal() ends a read that waits.
void LeaveStopSignalsToSupervisor();

// The signal that ends a child's waiting read with EINTR.
int ReadInterruptingSignal();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_STOP_SIGNALS_H_
