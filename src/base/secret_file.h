// SPDX-License-Identifier: GPL-2.0-or-later
//
// A secret that a file holds, read without a copy elsewhere.
#ifndef ESPCAP_BASE_SECRET_FILE_H_
#define ESPCAP_BASE_SECRET_FILE_H_

#include <string>

#include "base/secret.h"
#include "espcap/result.h"

namespace espcap::base {

enum class FileModes {
  kOwnerOnly,  // what group or others may read is refused
  kAny         // the folder is guarded: systemd's credentials have modes of its own
};

// The whole of a regular file but one final line end. `what` (an option) and path begin an error.
Result<Secret> ReadSecretFile(const std::string& what, const std::string& path, FileModes modes);

// A regular file that only its owner can read, or what to do about it.
Result<void> CheckSecretFile(const std::string& what, const std::string& path);

}  // namespace espcap::base

#endif  // ESPCAP_BASE_SECRET_FILE_H_
