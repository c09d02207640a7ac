// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a record says of its batch: the list of its documents and the compressed text. Used by one
// thread; keeps the compressor (at most 2 MiB) from one batch to the next.
#ifndef ESPCAP_SPOOL_RECORD_BODY_H_
#define ESPCAP_SPOOL_RECORD_BODY_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/compressor.h"
#include "espcap/batch.h"
#include "espcap/result.h"
#include "spool/segment_format.h"

namespace espcap::spool {

// Of one batch. A worker's batches are a few MiB, a document at most a quarter of this.
inline constexpr size_t kMaxTextBytes = size_t{1} << 30U;

struct RecordBody {
  Frame frame;  // complete but for kind and documents_before
  std::string list;
  std::string_view payload;  // borrowed from the batch, or from the encoder until its next call
};

class BodyEncoder {
 public:
  // REQUIRES: !batch.empty(), spans within the text.
  Result<RecordBody> Encode(const Batch& batch, Contents contents);

 private:
  Result<std::string_view> Compress(std::string_view text);

  std::unique_ptr<base::Compressor> compressor_;
  std::string text_;  // of documents that didn't lie side by side
  std::string compressed_;
};

// The documents of a record and their capture.
struct DocumentList {
  std::string source;
  std::vector<DocumentSpan> documents;  // they tile the text
};

// None where the list is damaged, or isn't one of a record with this frame.
std::optional<DocumentList> DecodeList(const Frame& frame, std::string_view list);

// The text; an error where the payload is damaged.
Result<std::string> DecodePayload(const Frame& frame, std::string_view payload);

}  // namespace espcap::spool

#endif  // ESPCAP_SPOOL_RECORD_BODY_H_
