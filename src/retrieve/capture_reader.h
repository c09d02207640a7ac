// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wanted records of one capture file, copied into a section of a pcapng file where they are the
// ones that were meant. Parses hostile bytes: in a process that can do little else.
#ifndef ESPCAP_RETRIEVE_CAPTURE_READER_H_
#define ESPCAP_RETRIEVE_CAPTURE_READER_H_

#include <cstdint>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "retrieve/conversations.h"
#include "retrieve/record_filter.h"
#include "retrieve/record_slot.h"
#include "source/file_source.h"

namespace espcap::retrieve {

struct CopiedRecords {
  uint32_t interfaces = 0;  // that the section has
  uint64_t records = 0;
  std::string fault;  // why the file could not be read to its end; empty: it could
};

// Whether the file's format lets a reader go to a record without the ones before it, and each slot
// says where it is.
[[nodiscard]] bool CanGoByOffset(const source::FileSource& source,
                                 std::span<const RecordSlot> slots);

// Reads no further than the last slot. Says in each slot what became of it. `by_offset`: REQUIRES
// CanGoByOffset() and random access, and no filter. `filter`: of those that are selected; null: of
// all. An error: the section can't be written.
Result<CopiedRecords> CopyRecords(source::FileSource& source, std::span<RecordSlot> slots,
                                  bool by_offset, RecordFilter* filter,
                                  base::FileDescriptor section);

// The same with all records of the conversations that those are of, in two readings of the whole
// file. The first says in the slots which are there, and of which conversations; returns why it
// could not be read up to the last of them, or nothing.
std::string FindConversations(source::FileSource& source, std::span<RecordSlot> slots,
                              RecordFilter* filter, Conversations& conversations);
// The second copies them, to the file's end. An error: the section can't be written.
Result<CopiedRecords> CopyConversations(source::FileSource& source, std::span<RecordSlot> slots,
                                        Conversations& conversations, base::FileDescriptor section);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_CAPTURE_READER_H_
