// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/error_document.h"

#include "encode/time_text.h"

namespace espcap::encode {
namespace {

void AppendNumber(ByteBuffer& out, std::string_view key, uint64_t number, bool typed) {
  const std::string_view quote = typed ? "" : "\"";
  out.Append(key);
  out.Append(quote);
  out.Append(std::to_string(number));
  out.Append(quote);
}

// frame.time_epoch is a time of its own type from 4.4 on, and is written as one; before, seconds.
bool IsEpochATime() {
  static const bool is_time = [] {
    const header_field_info* field = proto_registrar_get_byname("frame.time_epoch");
    return field != nullptr && field->type == FT_ABSOLUTE_TIME;
  }();
  return is_time;
}

void AppendEpoch(ByteBuffer& out, const nstime_t& time, bool typed) {
  if (IsEpochATime()) return AppendAbsoluteTime(out, time);
  typed ? AppendSecondsNumber(out, time) : AppendRelativeTime(out, time);
}

}  // namespace

void AppendFrameOfHeader(ByteBuffer& out, const wtap_rec& rec, uint32_t frame_number, bool typed) {
  const bool is_packet = rec.rec_type == REC_TYPE_PACKET;
  const wtap_packet_header& packet = rec.rec_header.packet_header;
  const uint32_t captured = wireshark::CapturedBytes(rec);
  out.Append(R"({"frame":{)");
  if (is_packet && (rec.presence_flags & WTAP_HAS_INTERFACE_ID) != 0) {
    AppendNumber(out, R"("frame_frame_interface_id":)", packet.interface_id, typed);
    out.Append(',');
  }
  if ((rec.presence_flags & WTAP_HAS_TS) != 0) {
    out.Append(R"("frame_frame_time":)");
    AppendAbsoluteTime(out, rec.ts);
    out.Append(R"(,"frame_frame_time_epoch":)");
    AppendEpoch(out, rec.ts, typed);
    out.Append(',');
  }
  AppendNumber(out, R"("frame_frame_number":)", frame_number, typed);
  AppendNumber(out, R"(,"frame_frame_len":)", is_packet ? packet.len : captured, typed);
  AppendNumber(out, R"(,"frame_frame_cap_len":)", captured, typed);
  out.Append("}}");
}

}  // namespace espcap::encode
