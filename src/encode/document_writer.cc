// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/document_writer.h"

#include <array>
#include <ctime>

#include "encode/column_members.h"
#include "encode/error_document.h"
#include "encode/json_text.h"
#include "encode/time_text.h"
#include "source/record_digest.h"

namespace espcap::encode {
namespace {

// In local time, as Espcap printed it.
void AppendTextHead(ByteBuffer& out, uint64_t document_number, std::time_t seconds) {
  std::tm local{};
  std::array<char, 64> text{};
  if (localtime_r(&seconds, &local) != nullptr) {
    static_cast<void>(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &local));
  }
  out.Append("Packet no. ");
  AppendDecimal(out, document_number);
  out.Append("\n* packet time stamp - ");
  out.Append(text.data());
  out.Append("\n* payload -  ");
}

// Of members with a comma behind each, or behind all but the last.
void CloseObject(ByteBuffer& out) {
  const size_t last = out.size() - 1;
  if (out.view()[last] == ',') out.Truncate(last);
  out.Append('}');
}

}  // namespace

// Plain documents are tshark's to the last value, unless more is asked for.
Companions DocumentWriter::CompanionsOf(const DocumentShape& shape) {
  return {shape.value_strings, shape.format == Format::kBulk || shape.ecs || shape.value_strings};
}

std::string_view DocumentWriter::Append(ByteBuffer& out, const epan_dissect_t& dissection,
                                        const source::CaptureSource& source, uint64_t number,
                                        bool with_tree) {
  const nstime_t& time = dissection.pi.abs_ts;
  if (format_ == Format::kText) AppendTextHead(out, number, time.secs);
  out.Append(R"({"timestamp":)");
  typed_ ? AppendTimestampNumber(out, time) : AppendTimestamp(out, time);
  if (ecs_) {
    const bool has_info = (shown_columns_ & dissect::SetOf(dissect::Column::kInfo)) != 0;
    ecs_->AppendMembers(out, dissection,
                        provenance_ ? provenance_->SensorOf(source.Origin()) : std::string_view(),
                        has_info ? columns_->Text(dissect::Column::kInfo) : std::string_view());
  }
  if (shown_columns_ != 0) AppendColumns(out, *columns_, shown_columns_, typed_);
  if (needs_timestamp_) {
    out.Append(R"(,"@timestamp":)");
    AppendEcsTime(out, time);
  }
  out.Append(R"(,"layers":)");
  TreeEncoder& tree = with_tree && whole_tree_ ? *whole_tree_ : tree_;
  tree.AppendLayers(out, dissection);
  const bool is_cut = tree.cuts().any();
  if (provenance_ || is_cut || session_ > 1) {
    out.Append(R"(,"espcap":{)");
    AppendOrigin(out, source);
    AppendSession(out);
    if (is_cut) tree.cuts().AppendMembers(out);
    CloseObject(out);
  }
  if (provenance_ && ecs_) provenance_->AppendEcs(out);
  out.Append("}\n");
  return tree.cuts().first_layer();
}

// A comma follows, as it does each member of `espcap` that is written here.
void DocumentWriter::AppendOrigin(ByteBuffer& out, const source::CaptureSource& source) {
  if (!provenance_) return;
  provenance_->AppendMembers(out, source.Origin(), source::DigestOf(source.record()));
  out.Append(',');
}

void DocumentWriter::AppendSession(ByteBuffer& out) const {
  if (session_ < 2) return;
  out.Append(R"("session":)");
  AppendDecimal(out, session_);
  out.Append(',');
}

void DocumentWriter::AppendError(ByteBuffer& out, const source::CaptureSource& source,
                                 uint32_t frame_number, uint64_t number, std::string_view error) {
  const wtap_rec& rec = source.record().rec();
  if (format_ == Format::kText) AppendTextHead(out, number, rec.ts.secs);
  out.Append(R"({"timestamp":)");
  typed_ ? AppendTimestampNumber(out, rec.ts) : AppendTimestamp(out, rec.ts);
  if (needs_timestamp_ || ecs_) {
    out.Append(R"(,"@timestamp":)");
    AppendEcsTime(out, rec.ts);
  }
  out.Append(R"(,"layers":)");
  AppendFrameOfHeader(out, rec, frame_number, typed_);
  out.Append(R"(,"espcap":{)");
  AppendOrigin(out, source);
  AppendSession(out);
  out.Append(R"("error":)");
  AppendJsonString(out, error);
  out.Append('}');
  if (provenance_ && ecs_) provenance_->AppendEcs(out);
  out.Append("}\n");
}

}  // namespace espcap::encode
