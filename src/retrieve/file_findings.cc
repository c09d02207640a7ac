// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/file_findings.h"

namespace espcap::retrieve {

FileFindings FindingsOf(std::span<const RecordSlot> slots) {
  FileFindings findings;
  for (const RecordSlot& slot : slots) {
    switch (static_cast<RecordOutcome>(slot.outcome)) {
      case RecordOutcome::kWritten:
        ++findings.found;
        break;
      case RecordOutcome::kOther:
        ++findings.other;
        break;
      case RecordOutcome::kUnwritable:
        ++findings.unwritable;
        break;
      case RecordOutcome::kFiltered:
        ++findings.filtered;
        break;
      case RecordOutcome::kUndissected:
        ++findings.undissected;
        break;
      default:
        ++findings.not_reached;
    }
  }
  return findings;
}

}  // namespace espcap::retrieve
