// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every use of Wireshark API that differs between releases (4.0 … 4.6) goes through this header, so
// that a port to another release is done here. CMake tries what the headers have
// (cmake/EspcapWiresharkFeatures.cmake). Functions here are thin: no state, no ownership beyond the
// types'.
//
// Process rule: libwireshark and libwiretap keep global state and are used by one thread only.
#ifndef ESPCAP_SOURCE_WIRESHARK_API_H_
#define ESPCAP_SOURCE_WIRESHARK_API_H_

// clang-format off: some of these headers need others before them
#include <epan/addr_resolv.h>
#include <epan/dfilter/dfilter.h>
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
#include <wireshark.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/buffer.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/report_message.h>
#include <wsutil/wslog.h>
// clang-format on

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace espcap::wireshark {

// What wiretap's callbacks return: a gboolean, in later releases a bool.
using CallbackResult = decltype(wtap_block_foreach_option(nullptr, nullptr, nullptr));

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
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_CAPTURE_TIME
  nstime_t time_in_capture;
  bool has_time_in_capture;
#endif
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_TYPE_NAME
  const char* type_name;  // a constant of wiretap's
#endif
};

inline RecordHeader HeaderOf(const wtap_rec& rec) {
  RecordHeader header{};
  header.type = rec.rec_type;
  header.presence_flags = rec.presence_flags;
  header.section_number = rec.section_number;
  header.time = rec.ts;
  header.time_precision = rec.tsprec;
  header.details = rec.rec_header;
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_CAPTURE_TIME
  header.time_in_capture = rec.ts_rel_cap;
  header.has_time_in_capture = rec.ts_rel_cap_valid;
#endif
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_TYPE_NAME
  header.type_name = rec.rec_type_name;
#endif
  return header;
}

inline void SetHeader(wtap_rec& rec, const RecordHeader& header) {
  rec.rec_type = header.type;
  rec.presence_flags = header.presence_flags;
  rec.section_number = header.section_number;
  rec.ts = header.time;
  rec.tsprec = header.time_precision;
  rec.rec_header = header.details;
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_CAPTURE_TIME
  rec.ts_rel_cap = header.time_in_capture;
  rec.ts_rel_cap_valid = header.has_time_in_capture;
#endif
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_TYPE_NAME
  rec.rec_type_name = header.type_name;
#endif
}

// Of a packet without anything known yet.
inline RecordHeader PacketHeader() {
  RecordHeader header{};
  header.type = REC_TYPE_PACKET;
#ifdef ESPCAP_WIRESHARK_RECORD_HAS_TYPE_NAME
  header.type_name = "Packet";
#endif
  return header;
}

// How many bytes a record has (as frame_data_init counts them).
inline uint32_t CapturedBytes(const wtap_rec& rec) {
  switch (rec.rec_type) {
    case REC_TYPE_PACKET:
      return rec.rec_header.packet_header.caplen;
    case REC_TYPE_FT_SPECIFIC_EVENT:
    case REC_TYPE_FT_SPECIFIC_REPORT:
      return rec.rec_header.ft_specific_header.record_len;
    case REC_TYPE_SYSCALL:
#ifdef ESPCAP_WIRESHARK_SYSCALL_HAS_DATA_LENGTH
      return rec.rec_header.syscall_header.event_data_len;
#else
      return rec.rec_header.syscall_header.event_filelen;
#endif
    case REC_TYPE_SYSTEMD_JOURNAL_EXPORT:
      return rec.rec_header.systemd_journal_export_header.record_len;
    case REC_TYPE_CUSTOM_BLOCK:
      return rec.rec_header.custom_block_header.length;
    default:
      return 0;
  }
}

inline void Fill(Buffer& buffer, std::span<const uint8_t> bytes) {
  ws_buffer_clean(&buffer);
  ws_buffer_assure_space(&buffer, bytes.size());
  std::copy(bytes.begin(), bytes.end(), ws_buffer_start_ptr(&buffer));
  ws_buffer_increase_length(&buffer, bytes.size());
}

// One record and its bytes.
class Record {
 public:
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
  Record() { wtap_rec_init(&rec_, kInitialBytes); }
  ~Record() { wtap_rec_cleanup(&rec_); }
#else
  Record() {
    wtap_rec_init(&rec_);
    ws_buffer_init(&buffer_, kInitialBytes);
  }
  ~Record() {
    ws_buffer_free(&buffer_);
    wtap_rec_cleanup(&rec_);
  }
#endif
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  bool Read(wtap* handle, int* error, char** error_info, int64_t* offset) {
    wtap_rec_reset(&rec_);
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
    return wtap_read(handle, &rec_, error, error_info, offset);
#else
    return wtap_read(handle, &rec_, &buffer_, error, error_info, offset) != FALSE;
#endif
  }
  bool SeekRead(wtap* handle, int64_t offset, int* error, char** error_info) {
    wtap_rec_reset(&rec_);
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
    return wtap_seek_read(handle, offset, &rec_, error, error_info);
#else
    return wtap_seek_read(handle, offset, &rec_, &buffer_, error, error_info) != FALSE;
#endif
  }

  [[nodiscard]] wtap_rec* rec() { return &rec_; }
  [[nodiscard]] const wtap_rec& rec() const { return rec_; }
  // Captured bytes; REQUIRES a packet record.
  [[nodiscard]] std::span<const uint8_t> packet_bytes() const {
    return {start(), rec_.rec_header.packet_header.caplen};
  }
  // Since the epoch.
  [[nodiscard]] int64_t time_ns() const {
    constexpr int64_t kInSecond = 1'000'000'000;
    constexpr int64_t kMaxSeconds = INT64_MAX / kInSecond - 1;
    return std::clamp<int64_t>(rec_.ts.secs, -kMaxSeconds, kMaxSeconds) * kInSecond + rec_.ts.nsecs;
  }
  [[nodiscard]] const uint8_t* start() const { return ws_buffer_start_ptr(&buffer()); }
  // The bytes of a record of any type.
  [[nodiscard]] std::span<const uint8_t> data() const { return {start(), CapturedBytes(rec_)}; }

  [[nodiscard]] RecordHeader header() const { return HeaderOf(rec_); }
  // Makes it the record that another one was; without a block. False where the two don't belong
  // together.
  [[nodiscard]] bool Set(const RecordHeader& header, std::span<const uint8_t> bytes) {
    wtap_rec_reset(&rec_);
    SetHeader(rec_, header);
    if (bytes.size() != CapturedBytes(rec_)) return false;
    Fill(buffer(), bytes);
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
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
  [[nodiscard]] Buffer& buffer() { return rec_.data; }
  [[nodiscard]] const Buffer& buffer() const { return rec_.data; }
#else
  [[nodiscard]] Buffer& buffer() { return buffer_; }
  [[nodiscard]] const Buffer& buffer() const { return buffer_; }
  Buffer buffer_{};
#endif
};

// Packets on their way into a file. Keeps what it is written from between two packets.
class RecordWriter {
 public:
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
  RecordWriter() { wtap_rec_init(&rec_, 0); }
#else
  RecordWriter() { wtap_rec_init(&rec_); }
#endif
  ~RecordWriter() { wtap_rec_cleanup(&rec_); }
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // `header` of a packet, whose interface gets the number `interface_id` in the file.
  bool Write(wtap_dumper* dumper, const RecordHeader& header, uint32_t interface_id,
             std::span<const uint8_t> bytes, int* error, char** error_info) {
    SetHeader(rec_, header);
    rec_.rec_header.packet_header.interface_id = interface_id;
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
    Fill(rec_.data, bytes);
    return wtap_dump(dumper, &rec_, error, error_info);
#else
    return wtap_dump(dumper, &rec_, bytes.data(), error, error_info) != FALSE;
#endif
  }

 private:
  wtap_rec rec_{};
};

// Dissects one record into edt->tree. What it is dissected from belongs to edt and borrows the
// record's bytes. REQUIRES: the record and `frame` outlive the next epan_dissect_reset(edt).
inline void DissectRecord(epan_dissect_t* edt, int file_type, Record& record, frame_data* frame,
                          bool with_taps) {
  const auto run = with_taps ? epan_dissect_run_with_taps : epan_dissect_run;
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
  run(edt, file_type, record.rec(), frame, nullptr);
#else
  // A reported length beyond gint would raise an exception here, outside every handler.
  const auto reported = static_cast<gint>(std::min<guint32>(frame->pkt_len, G_MAXINT));
  tvbuff_t* bytes = tvb_new_real_data(record.start(), frame->cap_len, reported);
  run(edt, file_type, record.rec(), bytes, frame, nullptr);
#endif
}

// Asks the next dissection for what postdissectors want. Later releases do it on their own.
inline void PrimeForPostdissectors([[maybe_unused]] epan_dissect_t* edt) {
#ifndef ESPCAP_WIRESHARK_PRIMES_FOR_POSTDISSECTORS
  prime_epan_dissect_with_postdissector_wanted_hfids(edt);
#endif
}

// Marks the frames that the dissected one was reassembled from. REQUIRES: `edt` isn't reset yet.
inline void MarkDependencies(const epan_dissect_t* edt, frame_data_sequence* frames) {
#ifdef ESPCAP_WIRESHARK_FRAME_HAS_DEPENDENCIES
  GHashTable* dependencies = edt->pi.fd->dependent_frames;
  if (dependencies == nullptr) return;
  g_hash_table_foreach(dependencies, find_and_mark_frame_depended_upon, frames);
#else
  g_slist_foreach(edt->pi.dependent_frames, find_and_mark_frame_depended_upon, frames);
#endif
}

// False where there is no such heuristic dissector.
inline bool EnableHeuristic(const char* name, bool enable) {
#ifdef ESPCAP_WIRESHARK_HEURISTICS_ARE_DISABLED_APART
  return enable ? proto_enable_heuristic_by_name(name) : proto_disable_heuristic_by_name(name);
#else
  return proto_enable_heuristic_by_name(name, enable ? TRUE : FALSE) != FALSE;
#endif
}

// A packet's option of an enterprise's own.
struct CustomOption {
  uint32_t enterprise = 0;
  uint32_t kind = 0;  // Netflix's only
  std::span<const char> bytes;
};

// Nothing where the option is of another type.
inline std::optional<CustomOption> ReadCustomOption(wtap_opttype_e type,
                                                    const wtap_optval_t& option) {
#ifdef ESPCAP_WIRESHARK_CUSTOM_OPTIONS_ARE_SPLIT
  if (type == WTAP_OPTTYPE_CUSTOM_STRING) {
    const custom_string_opt_t& custom = option.custom_stringval;
    return CustomOption{custom.pen, 0, std::string_view(custom.string)};
  }
  if (type != WTAP_OPTTYPE_CUSTOM_BINARY) return std::nullopt;
  const custom_binary_opt_t& custom = option.custom_binaryval;
  return CustomOption{
      custom.pen,
      0,
      {static_cast<const char*>(custom.data.custom_data), custom.data.custom_data_len}};
#else
  if (type != WTAP_OPTTYPE_CUSTOM) return std::nullopt;
  const custom_opt_t& custom = option.custom_opt;
  if (custom.pen == PEN_NFLX) {
    const auto& data = custom.data.nflx_data;
    return CustomOption{custom.pen, data.type, {data.custom_data, data.custom_data_len}};
  }
  const auto& data = custom.data.generic_data;
  return CustomOption{custom.pen, 0, {data.custom_data, data.custom_data_len}};
#endif
}

// Copies the bytes. False where `type` is another.
inline bool AddCustomOption(wtap_block_t block, guint id, wtap_opttype_e type,
                            const CustomOption& custom) {
#ifdef ESPCAP_WIRESHARK_CUSTOM_OPTIONS_ARE_SPLIT
  if (type == WTAP_OPTTYPE_CUSTOM_STRING) {
    wtap_block_add_custom_string_option(block, id, custom.enterprise, custom.bytes.data(),
                                        custom.bytes.size());
    return true;
  }
  if (type != WTAP_OPTTYPE_CUSTOM_BINARY) return false;
  wtap_block_add_custom_binary_option_from_data(block, id, custom.enterprise, custom.bytes.data(),
                                                custom.bytes.size());
#else
  if (type != WTAP_OPTTYPE_CUSTOM) return false;
  if (custom.enterprise == PEN_NFLX) {
    wtap_block_add_nflx_custom_option(block, custom.kind, custom.bytes.data(), custom.bytes.size());
  } else {
    wtap_block_add_custom_option(block, id, custom.enterprise, custom.bytes.data(),
                                 custom.bytes.size());
  }
#endif
  return true;
}

// A packet's hash. Where it has no type of its own it is an option of bytes.
struct HashOption {
  uint8_t algorithm = 0;
  std::span<const uint8_t> bytes;
};

// Nothing where the option is of another type.
inline std::optional<HashOption> ReadHashOption([[maybe_unused]] wtap_opttype_e type,
                                                [[maybe_unused]] const wtap_optval_t& option) {
#ifdef ESPCAP_WIRESHARK_HASH_OPTION_IS_TYPED
  if (type == WTAP_OPTTYPE_PACKET_HASH) {
    const packet_hash_opt_t& hash = option.packet_hash;
    return HashOption{hash.type, {hash.hash_bytes->data, hash.hash_bytes->len}};
  }
#endif
  return std::nullopt;
}

// Copies the bytes. False where `type` is another.
inline bool AddHashOption([[maybe_unused]] wtap_block_t block, [[maybe_unused]] guint id,
                          [[maybe_unused]] wtap_opttype_e type,
                          [[maybe_unused]] const HashOption& hash) {
#ifdef ESPCAP_WIRESHARK_HASH_OPTION_IS_TYPED
  if (type == WTAP_OPTTYPE_PACKET_HASH) {
    packet_hash_opt_t option{};
    option.type = hash.algorithm;
    option.hash_bytes = g_byte_array_new();
    g_byte_array_append(option.hash_bytes, hash.bytes.data(),
                        static_cast<guint>(hash.bytes.size()));
    wtap_block_add_packet_hash_option(block, id, &option);  // copies
    g_byte_array_free(option.hash_bytes, TRUE);
    return true;
  }
#endif
  return false;
}

// Field values. REQUIRES: the field's type fits the accessor.
#ifdef ESPCAP_WIRESHARK_FVALUE_IS_POINTER
inline fvalue_t* Value(const field_info& field) { return field.value; }
inline uint32_t Uint32(const field_info& field) { return fvalue_get_uinteger(field.value); }
inline int32_t Int32(const field_info& field) { return fvalue_get_sinteger(field.value); }
inline uint64_t Uint64(const field_info& field) { return fvalue_get_uinteger64(field.value); }
inline int64_t Int64(const field_info& field) { return fvalue_get_sinteger64(field.value); }
inline bool Boolean(const field_info& field) { return fvalue_get_uinteger64(field.value) != 0; }
inline const nstime_t& Time(const field_info& field) { return *fvalue_get_time(field.value); }
// Host byte order.
inline uint32_t Ipv4(const field_info& field) {
#ifdef ESPCAP_WIRESHARK_FVALUE_HAS_IPV4
  return fvalue_get_ipv4(field.value)->addr;
#else
  return fvalue_get_uinteger(field.value);
#endif
}
inline const uint8_t* Ipv6(const field_info& field) {
  return fvalue_get_ipv6(field.value)->addr.bytes;
}
inline std::string_view String(const field_info& field) {
  const wmem_strbuf_t* text = fvalue_get_strbuf(field.value);
  return {text->str, text->len};
}
inline std::span<const uint8_t> Bytes(const field_info& field) {
  return {static_cast<const uint8_t*>(fvalue_get_bytes_data(field.value)),
          fvalue_get_bytes_size(field.value)};
}
#else
inline fvalue_t* Value(const field_info& field) { return const_cast<fvalue_t*>(&field.value); }
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
#endif
inline ftenum FieldType(const field_info& field) { return fvalue_type_ftenum(Value(field)); }
// How `tshark -T ek` asks for a value's text. It has come to have a way of its own, in which
// numbers are decimal, whatever their field's base is.
#ifdef ESPCAP_WIRESHARK_HAS_EK_TEXT
inline constexpr ftrepr_t kEkText = FTREPR_EK;
inline constexpr bool kEkNumbersAreDecimal = true;
#else
inline constexpr ftrepr_t kEkText = FTREPR_DISPLAY;
inline constexpr bool kEkNumbersAreDecimal = false;
#endif
// What `tshark -T ek` writes for the value; null where the type has no such text.
inline std::unique_ptr<char, void (*)(char*)> DisplayText(const field_info& field) {
  return {fvalue_to_string_repr(nullptr, Value(field), kEkText, field.hfinfo->display),
          [](char* text) { wmem_free(nullptr, text); }};
}

// What no header shows, so that the version decides. (4.2 is taken for 4.0 here, and not tested.)
inline constexpr bool kIsBefore44 =
    WIRESHARK_VERSION_MAJOR < 4 || (WIRESHARK_VERSION_MAJOR == 4 && WIRESHARK_VERSION_MINOR < 4);
// What `tshark -T ek` writes as one list within an object: fields of one name below parents of one
// name; from 4.4 on, fields of one name.
inline constexpr bool kEkGroupsByParent = kIsBefore44;
// A hexadecimal field of 64 bits whose values have names is shown in decimal; from 4.4 on, in its
// base.
inline constexpr bool kNamesMakeDecimal64 = kIsBefore44;

// Finds the program's own place. Returns a message where that fails, else null.
inline GString InitConfiguration(const char* program_path) {
#ifdef ESPCAP_WIRESHARK_START_WITHOUT_NAMES
  return GString(configuration_init(program_path));
#else
  return GString(configuration_init(program_path, nullptr));
#endif
}
// libwireshark's own messages, from warnings up, go to `Write`.
template <void (*Write)(const char* format, va_list arguments)>
void InitLog([[maybe_unused]] const char* program_name,
             void (*command_line_error)(const char*, va_list)) {
#ifdef ESPCAP_WIRESHARK_LOG_HAS_MANIFEST
  const auto writer = [](const char* /*domain*/, ws_log_level /*level*/, const char* /*file*/,
                         long /*line*/, const char* /*function*/, const char* /*fatal*/,
                         ws_log_manifest_t* /*manifest*/, const char* format, va_list arguments,
                         void* /*user_data*/) { Write(format, arguments); };
#else
  const auto writer = [](const char* /*domain*/, ws_log_level /*level*/, timespec /*time*/,
                         const char* /*file*/, long /*line*/, const char* /*function*/,
                         const char* format, va_list arguments,
                         void* /*user_data*/) { Write(format, arguments); };
#endif
#ifdef ESPCAP_WIRESHARK_START_WITHOUT_NAMES
  ws_log_init_with_writer(writer, command_line_error);
#else
  ws_log_init_with_writer(program_name, writer, command_line_error);
#endif
}

// Functions that libwsutil reports with. Those for files get the wiretap error, and its text where
// there is one (to be freed).
template <void (*Failure)(const char* format, va_list), void (*Open)(const char* file, int error),
          void (*Read)(const char* file, int error), void (*Write)(const char* file, int error),
          void (*OpenCapture)(const char* file, int error, char* info),
          void (*ReadCapture)(const char* file, int error, char* info)>
report_message_routines ReportRoutines() {
  report_message_routines routines{};
  routines.vreport_failure = Failure;
  routines.vreport_warning = Failure;
  routines.report_open_failure = [](const char* file, int error, auto /*for_writing*/) {
    Open(file, error);
  };
  routines.report_read_failure = Read;
  routines.report_write_failure = Write;
#ifdef ESPCAP_WIRESHARK_REPORTS_RENAMES
  routines.report_rename_failure = [](const char* /*from*/, const char* to, int error) {
    Write(to, error);
  };
#endif
  routines.report_cfile_open_failure = OpenCapture;
  routines.report_cfile_dump_open_failure = [](const char* file, int error, char* info,
                                               int /*file_type*/) {
    OpenCapture(file, error, info);
  };
  routines.report_cfile_read_failure = ReadCapture;
  routines.report_cfile_write_failure = [](const char* /*in*/, const char* out, int error,
                                           char* info, auto /*frame*/,
                                           int /*file_type*/) { OpenCapture(out, error, info); };
  routines.report_cfile_close_failure = ReadCapture;
  return routines;
}

// Compiles a display filter. Returns what is wrong with it, or an empty text.
inline std::string CompileFilter(const char* expression, dfilter_t** filter) {
  constexpr const char* kNoMessage = "not a display filter";
#ifdef ESPCAP_WIRESHARK_FILTER_ERROR_HAS_PLACE
  df_error_t* error = nullptr;
  if (dfilter_compile(expression, filter, &error)) return {};
  std::string message = error == nullptr || error->msg == nullptr ? kNoMessage : error->msg;
  df_error_free(&error);
  return message;
#else
  char* raw_message = nullptr;
  const bool compiled = dfilter_compile(expression, filter, &raw_message) != FALSE;
  const GString message(raw_message);
  if (compiled) return {};
  return message == nullptr ? kNoMessage : message.get();
#endif
}

// Names that a capture says.
inline void AddIpv4Name(uint32_t address, const char* name) {
#ifdef ESPCAP_WIRESHARK_NAMES_CAN_BE_STATIC
  add_ipv4_name(address, name, false);
#else
  add_ipv4_name(address, name);
#endif
}
inline void AddIpv6Name(const ws_in6_addr& address, const char* name) {
#ifdef ESPCAP_WIRESHARK_NAMES_CAN_BE_STATIC
  add_ipv6_name(&address, name, false);
#else
  add_ipv6_name(&address, name);
#endif
}
// Who is told them as reading comes across them. wiretap's callbacks have no context.
template <void (*Ipv4Name)(uint32_t address, const char* name),
          void (*Ipv6Name)(const ws_in6_addr& address, const char* name)>
void SetNameCallbacks(wtap* handle) {
  wtap_set_cb_new_ipv4(
      handle, [](auto ipv4, const char* name, auto... /*is_static*/) { Ipv4Name(ipv4, name); });
  wtap_set_cb_new_ipv6(handle, [](auto* ipv6, const char* name, auto... /*is_static*/) {
    Ipv6Name(*static_cast<const ws_in6_addr*>(ipv6), name);
  });
}

// Whether dissection asks name servers (-N N, or a preference).
inline bool AsksNameServers() {
  return gbl_resolv_flags.network_name != FALSE &&
         gbl_resolv_flags.use_external_net_name_resolver != FALSE;
}

// The first interface of a section, as the capture's interfaces are counted.
inline uint32_t FirstInterface([[maybe_unused]] wtap* handle, [[maybe_unused]] uint32_t section) {
#ifdef ESPCAP_WIRESHARK_INTERFACES_HAVE_SECTIONS
  return wtap_file_get_shb_global_interface_id(handle, section, 0);
#else
  return 0;
#endif
}

// Frame facts that only the reader of the capture knows; a session calls these back. `id` of an
// interface is within the record's section, which is 0 where libwireshark doesn't tell sections
// apart.
template <const nstime_t* (*FrameTime)(packet_provider_data*, uint32_t number),
          const char* (*InterfaceName)(packet_provider_data*, uint32_t id, uint32_t section),
          const char* (*InterfaceDescription)(packet_provider_data*, uint32_t id, uint32_t section),
          wtap_block_t (*ModifiedBlock)(packet_provider_data*, const frame_data*)>
packet_provider_funcs ProviderFunctions() {
  packet_provider_funcs functions{};
  functions.get_frame_ts = FrameTime;
#ifdef ESPCAP_WIRESHARK_INTERFACES_HAVE_SECTIONS
  functions.get_interface_name = InterfaceName;
  functions.get_interface_description = InterfaceDescription;
#else
  functions.get_interface_name = [](packet_provider_data* provider, guint32 id) {
    return InterfaceName(provider, id, 0);
  };
  functions.get_interface_description = [](packet_provider_data* provider, guint32 id) {
    return InterfaceDescription(provider, id, 0);
  };
#endif
  functions.get_modified_block = ModifiedBlock;
  return functions;
}

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_API_H_
