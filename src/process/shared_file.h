// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory that processes share as a file without a name: a process that has its descriptor can map
// it, and nobody can change its size, so that no reader meets its end (SIGBUS).
#ifndef ESPCAP_PROCESS_SHARED_FILE_H_
#define ESPCAP_PROCESS_SHARED_FILE_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "base/file_descriptor.h"
#include "espcap/result.h"

namespace espcap::process {

// Of zeros. `name`: as /proc/PID/maps shows it.
Result<base::FileDescriptor> MakeSharedFile(const char* name, size_t bytes);

// An empty one that grows, for bytes that are written once.
Result<base::FileDescriptor> MakeGrowingFile(const char* name);
// The same with these parts one after another in it.
Result<base::FileDescriptor> MakeFileOf(const char* name, std::span<const std::string_view> parts);
// From now on nobody changes it. An error: somebody still can, by a mapping.
Result<void> ForbidChanges(const base::FileDescriptor& file);

// From now on nobody maps it for writing; who has done so before, and its children, still write.
Result<void> ForbidNewWriters(const base::FileDescriptor& file);

// `protection`: mmap(2)'s. The caller unmaps it.
Result<char*> MapShared(int file, size_t bytes, int protection);

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_SHARED_FILE_H_
