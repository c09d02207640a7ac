// SPDX-License-Identifier: GPL-2.0-or-later
//
// How long a record's dissection may take, in a process that nobody watches.
#ifndef ESPCAP_RETRIEVE_RECORD_TIME_H_
#define ESPCAP_RETRIEVE_RECORD_TIME_H_

namespace espcap::retrieve {

// From now on a record that takes too long ends the process.
void LimitTimeOfRecords();
// A record's dissection begins.
void BeginRecord();

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_TIME_H_
