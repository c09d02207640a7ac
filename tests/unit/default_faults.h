// SPDX-License-Identifier: GPL-2.0-or-later
//
// For a process of a test that is to die of a fault of memory, in each build.
#ifndef ESPCAP_TESTS_UNIT_DEFAULT_FAULTS_H_
#define ESPCAP_TESTS_UNIT_DEFAULT_FAULTS_H_

#include <csignal>

namespace espcap {

// A sanitizer's handler would make an exit of it.
inline void DieOfFaults() { std::signal(SIGSEGV, SIG_DFL); }

}  // namespace espcap

#endif  // ESPCAP_TESTS_UNIT_DEFAULT_FAULTS_H_
