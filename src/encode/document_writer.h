// SPDX-License-Identifier: GPL-2.0-or-later
//
// A dissected frame as one document, in the shape the destination takes.
#ifndef ESPCAP_ENCODE_DOCUMENT_WRITER_H_
#define ESPCAP_ENCODE_DOCUMENT_WRITER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "dissect/columns.h"
#include "encode/document_limits.h"
#include "encode/ecs_collector.h"
#include "encode/provenance.h"
#include "encode/tree_encoder.h"
#include "espcap/byte_buffer.h"
#include "espcap/document_needs.h"

namespace espcap::encode {

enum class Format {
  kNdjson,  // one document a line
  kBulk,    // one document a line, of Elasticsearch's _bulk body
  kText     // Espcap's dump for people
};

struct DocumentShape {
  Format format = Format::kNdjson;
  bool hex = false;
  bool ecs = false;                // with the fields of the Elastic Common Schema, next to `layers`
  bool value_strings = false;      // with the names of numbers' values
  dissect::ColumnSet columns = 0;  // of the packet list, next to `layers`
  bool has_trees = false;          // despite a selection, where Append() is told to
  DocumentLimits limits;
  std::optional<RunOrigin> run = {};  // none: documents don't say where they come from
};

class DocumentWriter {
 public:
  // `selection` may be null: documents are whole. So may `types`: values are texts; and `columns`,
  // where the shape has none. All outlive the writer.
  explicit DocumentWriter(const DocumentShape& shape,
                          const dissect::FieldSelection* selection = nullptr,
                          const registry::KeyTypes* types = nullptr,
                          const dissect::Columns* columns = nullptr)
      : format_(shape.format),
        typed_(types != nullptr),
        tree_(shape.hex, selection, types, shape.limits, CompanionsOf(shape)),
        columns_(columns),
        shown_columns_(shape.columns) {
    if (shape.has_trees) {
      whole_tree_.emplace(shape.hex, nullptr, types, shape.limits, CompanionsOf(shape));
    }
    if (shape.run) provenance_.emplace(*shape.run);
    if (shape.ecs) ecs_.emplace();
  }

  // Appends one document and its final newline. Returns the first layer that was cut to the
  // limits, by libwireshark's own name; empty: the document is whole. `number`: of the document
  // within its capture, for kText. `source`: it has the frame as its current record. `with_tree`:
  // all of it, where the shape allows that.
  [[nodiscard]] std::string_view Append(ByteBuffer& out, const epan_dissect_t& dissection,
                                        const source::CaptureSource& source, uint64_t number,
                                        bool with_tree = false);

  // Appends what replaces a frame's document that can't be made. `number` as above.
  void AppendError(ByteBuffer& out, const source::CaptureSource& source, uint32_t frame_number,
                   uint64_t number, std::string_view error);

  // Before the first document. From the second on, documents name it: what they say of earlier
  // packets goes back to its first one.
  void SetSession(uint32_t session) { session_ = session; }

  // Before the first document: what the server needs may be known only then.
  void SetNeeds(const DocumentNeeds& needs) {
    if (needs.document_bytes != 0) {
      tree_.LimitDocument(needs.document_bytes);
      if (whole_tree_) whole_tree_->LimitDocument(needs.document_bytes);
    }
    if (needs.value_bytes != 0) {
      tree_.LimitValues(needs.value_bytes);
      if (whole_tree_) whole_tree_->LimitValues(needs.value_bytes);
    }
    needs_timestamp_ = needs.timestamp && !ecs_;
  }

  [[nodiscard]] Format format() const { return format_; }

 private:
  static Companions CompanionsOf(const DocumentShape& shape);
  void AppendOrigin(ByteBuffer& out, const source::CaptureSource& source);
  void AppendSession(ByteBuffer& out) const;

  Format format_;
  bool typed_;
  TreeEncoder tree_;
  std::optional<TreeEncoder> whole_tree_;
  const dissect::Columns* columns_;
  dissect::ColumnSet shown_columns_;
  std::optional<EcsCollector> ecs_;
  std::optional<Provenance> provenance_;
  bool needs_timestamp_ = false;
  uint32_t session_ = 1;
};

}  // namespace espcap::encode

#endif  // ESPCAP_ENCODE_DOCUMENT_WRITER_H_
