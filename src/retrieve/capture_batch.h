// SPDX-License-Identifier: GPL-2.0-or-later
//
// Small captures that are in memory, of which one process reads several: their bytes are one after
// another in a file, and a table has a row for each of them, and then the records that are wanted
// of them all. Part of messages between processes: any number may be in it.
#ifndef ESPCAP_RETRIEVE_CAPTURE_BATCH_H_
#define ESPCAP_RETRIEVE_CAPTURE_BATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "retrieve/file_findings.h"
#include "retrieve/record_slot.h"

namespace espcap::retrieve {

struct CaptureRow {
  uint64_t bytes = 0;  // of its file
  uint32_t slots = 0;  // of the table's
  // What its reader says.
  uint32_t sections = 0;    // 1: it has written one
  uint32_t interfaces = 0;  // that the section has
  std::array<char, 300> fault{};
};
static_assert(sizeof(CaptureRow) % alignof(RecordSlot) == 0);

// A capture for such a batch, and what became of its records.
struct MemoryCapture {
  std::string name;  // for people
  std::string bytes;
  std::vector<RecordSlot> slots;  // by frame
  FileFindings findings = {};
};

// To be read from its beginning. Nobody can change it any more.
Result<base::FileDescriptor> MemoryFile(std::span<const std::string_view> parts);

// Each capture in a file of its own: a reader reads to a file's end. `file` is left at its end.
Result<std::vector<base::FileDescriptor>> SplitBatch(int file, std::span<const CaptureRow> rows);

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_CAPTURE_BATCH_H_
