// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every use of Wireshark API that differs between releases (4.0 … 4.6) goes through this header, so
// that a port to another release is done here. Only 4.0 is built and tested; elsewhere the build
// stops rather than guesses. Functions here are thin: no state, no ownership beyond the types'.
//
// Process rule: libwireshark and libwiretap keep global state and are used by one thread only.
#ifndef ESPCAP_SOURCE_WIRESHARK_API_H_
#define ESPCAP_SOURCE_WIRESHARK_API_H_

// clang-format off: some of these headers need others before them
#include <epan/addr_resolv.h>
#include <epan/disabled_protos.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/frame_data_sequence.h>
#include <epan/ftypes/ftypes.h>
#include <epan/packet.h>
#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/secrets.h>
#include <epan/tvbuff.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/buffer.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>
// clang-format on

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#if WIRESHARK_VERSION_MAJOR != 4 || WIRESHARK_VERSION_MINOR != 0
#error "espcap is written for libwireshark 4.0; see source/wireshark_api.h to port it"
#endif

namespace espcap::wireshark {

// GLib's allocations (most strings the libraries hand out).
struct GFree {
  void operator()(void* p) const { g_free(p); }
};
using GString = std::unique_ptr<char, GFree>;

struct WtapClose {
  void operator()(wtap* handle) const { wtap_close(handle); }
};
using WtapHandle = std::unique_ptr<wtap, WtapClose>;

// What wiretap says of a record, but for its bytes and its block of options.
struct RecordHeader {
  guint type;
  guint32 presence_flags;
  guint section_number;
  nstime_t time;
  int time_precision;
  decltype(wtap_rec::rec_header) details;
};

// How many bytes a record has (as frame_data_init counts them).
inline uint32_t CapturedBytes(const wtap_rec& rec) {
  switch (rec.rec_type) {
    case REC_TYPE_PACKET:
      return rec.rec_header.packet_header.caplen;
    case REC_TYPE_FT_SPECIFIC_EVENT:
    case REC_TYPE_FT_SPECIFIC_REPORT:
      return rec.rec_header.ft_specific_header.record_len;
    case REC_TYPE_SYSCALL:
      return rec.rec_header.syscall_header.event_filelen;
    case REC_TYPE_SYSTEMD_JOURNAL_EXPORT:
      return rec.rec_header.systemd_journal_export_header.record_len;
    case REC_TYPE_CUSTOM_BLOCK:
      return rec.rec_header.custom_block_header.length;
    default:
      return 0;
  }
}

// One record and its bytes. 4.6 keeps the bytes inside wtap_rec.
class Record {
 public:
  Record() {
    wtap_rec_init(&rec_);
    ws_buffer_init(&buffer_, kInitialBytes);
  }
  ~Record() {
    ws_buffer_free(&buffer_);
    wtap_rec_cleanup(&rec_);
  }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  bool Read(wtap* handle, int* error, char** error_info, int64_t* offset) {
    wtap_rec_reset(&rec_);
    return wtap_read(handle, &rec_, &buffer_, error, error_info, offset) != FALSE;
  }
  bool SeekRead(wtap* handle, int64_t offset, int* error, char** error_info) {
    wtap_rec_reset(&rec_);
    return wtap_seek_read(handle, offset, &rec_, &buffer_, error, error_info) != FALSE;
  }

  [[nodiscard]] wtap_rec* rec() { return &rec_; }
  [[nodiscard]] const wtap_rec& rec() const { return rec_; }
  // Captured bytes; REQUIRES a packet record.
  [[nodiscard]] std::span<const uint8_t> packet_bytes() const {
    return {ws_buffer_start_ptr(&buffer_), rec_.rec_header.packet_header.caplen};
  }
  // Since the epoch.
  [[nodiscard]] int64_t time_ns() const {
    constexpr int64_t kInSecond = 1'000'000'000;
    constexpr int64_t kMaxSeconds = INT64_MAX / kInSecond - 1;
    return std::clamp<int64_t>(rec_.ts.secs, -kMaxSeconds, kMaxSeconds) * kInSecond + rec_.ts.nsecs;
  }
  [[nodiscard]] const uint8_t* start() const { return ws_buffer_start_ptr(&buffer_); }
  // The bytes of a record of any type.
  [[nodiscard]] std::span<const uint8_t> data() const { return {start(), CapturedBytes(rec_)}; }

  [[nodiscard]] RecordHeader header() const {
    return {rec_.rec_type, rec_.presence_flags, rec_.section_number,
            rec_.ts,       rec_.tsprec,         rec_.rec_header};
  }
  // Makes it the record that another one was; without a block. False where the two don't belong
  // together.
  [[nodiscard]] bool Set(const RecordHeader& header, std::span<const uint8_t> bytes) {
    wtap_rec_reset(&rec_);
    rec_.rec_type = header.type;
    rec_.presence_flags = header.presence_flags;
    rec_.section_number = header.section_number;
    rec_.ts = header.time;
    rec_.tsprec = header.time_precision;
    rec_.rec_header = header.details;
    if (bytes.size() != CapturedBytes(rec_)) return false;
    ws_buffer_assure_space(&buffer_, bytes.size());
    std::copy(bytes.begin(), bytes.end(), ws_buffer_start_ptr(&buffer_));
    return true;
  }
  // A block for its options, of the type it had (wtap_block_get_type).
  wtap_block_t MakeBlock(wtap_block_type_t type) {
    rec_.block = wtap_block_create(type);
    return rec_.block;
  }

 private:
  static constexpr size_t kInitialBytes = 2048;
  wtap_rec rec_{};
  Buffer buffer_{};
};

// Dissects one record into edt->tree. The tvbuff belongs to edt and borrows the record's bytes.
// REQUIRES: the record and `frame` outlive the next epan_dissect_reset(edt).
inline void DissectRecord(epan_dissect_t* edt, int file_type, Record& record, frame_data* frame,
                          bool with_taps) {
  // A reported length beyond gint would raise an exception here, outside every handler.
  const auto reported = static_cast<gint>(std::min<guint32>(frame->pkt_len, G_MAXINT));
  tvbuff_t* bytes = tvb_new_real_data(record.start(), frame->cap_len, reported);
  const auto run = with_taps ? epan_dissect_run_with_taps : epan_dissect_run;
  run(edt, file_type, record.rec(), bytes, frame, nullptr);
}

// Field values. REQUIRES: the field's type fits the accessor.
inline uint32_t Uint32(const field_info& field) { return field.value.value.uinteger; }
inline int32_t Int32(const field_info& field) { return field.value.value.sinteger; }
inline uint64_t Uint64(const field_info& field) { return field.value.value.uinteger64; }
inline int64_t Int64(const field_info& field) { return field.value.value.sinteger64; }
inline bool Boolean(const field_info& field) { return field.value.value.uinteger64 != 0; }
inline const nstime_t& Time(const field_info& field) { return field.value.value.time; }
// Host byte order.
inline uint32_t Ipv4(const field_info& field) { return field.value.value.ipv4.addr; }
inline const uint8_t* Ipv6(const field_info& field) { return field.value.value.ipv6.addr.bytes; }
inline std::string_view String(const field_info& field) {
  const wmem_strbuf_t* text = field.value.value.strbuf;
  return {text->str, text->len};
}
inline std::span<const uint8_t> Bytes(const field_info& field) {
  const GByteArray* bytes = field.value.value.bytes;
  return {bytes->data, bytes->len};
}
inline ftenum FieldType(const field_info& field) {
  return fvalue_type_ftenum(const_cast<fvalue_t*>(&field.value));
}
// What tshark shows for the value; null where the type has no such text.
inline std::unique_ptr<char, void (*)(char*)> DisplayText(const field_info& field) {
  return {fvalue_to_string_repr(nullptr, &field.value, FTREPR_DISPLAY, field.hfinfo->display),
          [](char* text) { wmem_free(nullptr, text); }};
}

// Finds the program's own place. Returns a message where that fails, else null.
inline GString InitConfiguration(const char* program_path) {
  return GString(configuration_init(program_path, nullptr));
}
// libwireshark's own messages, from warnings up, go to `writer`.
inline void InitLog(const char* program_name, ws_log_writer_cb* writer,
                    void (*command_line_error)(const char*, va_list)) {
  ws_log_init_with_writer(program_name, writer, command_line_error);
}

// Whether dissection asks name servers (-N N, or a preference).
inline bool AsksNameServers() {
  return gbl_resolv_flags.network_name != FALSE &&
         gbl_resolv_flags.use_external_net_name_resolver != FALSE;
}

// Frame facts that only the reader of the capture knows; a session calls these back.
inline packet_provider_funcs ProviderFunctions(
    const nstime_t* (*frame_time)(packet_provider_data*, guint32),
    const char* (*interface_name)(packet_provider_data*, guint32),
    const char* (*interface_description)(packet_provider_data*, guint32),
    wtap_block_t (*modified_block)(packet_provider_data*, const frame_data*)) {
  return {frame_time, interface_name, interface_description, modified_block};
}

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_API_H_
