// SPDX-License-Identifier: GPL-2.0-or-later
//
// A file without a name, which another process writes and this one reads.
#ifndef ESPCAP_RETRIEVE_KEPT_FILE_H_
#define ESPCAP_RETRIEVE_KEPT_FILE_H_

#include <functional>
#include <string>
#include <string_view>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::retrieve {

Result<base::FileDescriptor> MakeKeptFile(const std::string& folder);
Result<void> EmptyKeptFile(const base::FileDescriptor& file);
// After its writer has failed. An error: no space is left where it is, so that the capture isn't to
// blame.
Result<void> CheckSpaceOf(const base::FileDescriptor& file);
// From its beginning, in parts. An error: it can't be read, or the writer's own.
Result<void> CopyKeptFile(const base::FileDescriptor& file,
                          const std::function<Result<void>(std::string_view bytes)>& write);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_KEPT_FILE_H_
