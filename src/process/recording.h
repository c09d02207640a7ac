// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file that the supervisor opens for a process that may open none: what it records.
#ifndef ESPCAP_PROCESS_RECORDING_H_
#define ESPCAP_PROCESS_RECORDING_H_

#include <string>

#include "base/file_descriptor.h"

namespace espcap::process {

struct Recording {
  base::FileDescriptor file;  // invalid: there is none
  std::string path;           // absolute; empty: nothing can be read from it again
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_RECORDING_H_
