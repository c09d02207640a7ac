// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spooled_check.h"

#include <algorithm>

#include "document/action_line.h"
#include "document/section_origin.h"

namespace espcap::sink {

using spool::Contents;

std::string FaultOf(const spool::SpooledBatch& spooled, Contents wanted) {
  if (spooled.contents != wanted) {
    return wanted == Contents::kSections
               ? "a batch is of documents for a server, which a run with --node sends"
               : "a batch is of packets for a topic, which a run with --forward sends";
  }
  const Batch batch = spooled.AsBatch();
  const bool is_ours = std::all_of(
      batch.documents.begin(), batch.documents.end(), [&](const DocumentSpan& document) {
        const std::string_view text = batch.Text(document);
        return wanted == Contents::kSections ? document::IsSection(text, document.packets)
                                             : document::IsBulkDocument(text);
      });
  if (is_ours) return {};
  return wanted == Contents::kSections ? "what is no section of espcap's is in a batch"
                                       : "what is no document of espcap's is in a batch";
}

}  // namespace espcap::sink
