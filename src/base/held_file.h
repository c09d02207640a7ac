// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file that is about to go: what it is, under a read lease, so that nobody begins to write it
// meanwhile. Links aren't followed.
#ifndef ESPCAP_BASE_HELD_FILE_H_
#define ESPCAP_BASE_HELD_FILE_H_

#include <functional>
#include <memory>
#include <string>

#include "base/file_descriptor.h"
#include "base/file_writers.h"

namespace espcap::base {

struct HeldFile {
  int error = 0;          // errno, where it can't be opened: nothing else of this counts then
  FileDescriptor folder;  // that it lies in: for its name alone (O_PATH)
  FileIdentity file;
  Writers writers = Writers::kUnknown;
  std::shared_ptr<void> lease;  // as long as this lives
};

// In this process, or by one that has the right to.
using HoldFile = std::function<HeldFile(const std::string& path)>;
HeldFile HoldFileHere(const std::string& path);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_HELD_FILE_H_
