// SPDX-License-Identifier: GPL-2.0-or-later
//
// Memory in large pages, for a process that is forked often: a fork copies, and an exit unmaps, one
// entry for 2 MiB instead of 512.
#ifndef ESPCAP_PROCESS_HUGE_PAGES_H_
#define ESPCAP_PROCESS_HUGE_PAGES_H_

namespace espcap::process {

// Before the memory is allocated: lets all of it come from one piece, which large pages fit into.
void AllocateInOnePiece();

// After: gathers this process's anonymous memory into huge pages (madvise(2), MADV_COLLAPSE), where
// the kernel can, with the data of libraries that the linker or they themselves have written to,
// and allocates as usual again. Takes as long as copying the memory. REQUIRES: one thread.
void GatherIntoHugePages();

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_HUGE_PAGES_H_
