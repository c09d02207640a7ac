// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records, and how they are dissected and written, where releases differ. Part of wireshark_api.h.
#ifndef ESPCAP_SOURCE_WIRESHARK_RECORDS_H_
#define ESPCAP_SOURCE_WIRESHARK_RECORDS_H_

#include "source/wireshark_headers.h"

namespace espcap::wireshark {

// What wiretap says of a record, but for its bytes and its block of options.
// Clamped: a damaged or hostile time may be any.
inline int64_t Nanoseconds(const nstime_t& time) {
  constexpr int64_t kInSecond = 1'000'000'000;
  constexpr int64_t kMaxSeconds = INT64_MAX / kInSecond - 1;
  return std::clamp<int64_t>(time.secs, -kMaxSeconds, kMaxSeconds) * kInSecond + time.nsecs;
}

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

// The interface's number in the file that is written, which has one section. From 4.4 on,
// libwiretap would add the first number of the record's own section.
inline void SetInterface(wtap_rec& rec, uint32_t id) {
  rec.presence_flags |= WTAP_HAS_INTERFACE_ID;
  rec.presence_flags &= ~guint32{WTAP_HAS_SECTION_NUMBER};
  rec.section_number = 0;
  rec.rec_header.packet_header.interface_id = id;
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
  [[nodiscard]] int64_t time_ns() const { return Nanoseconds(rec_.ts); }
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
  // Of a packet: its interface's number in the file that it is written to.
  void SetInterface(uint32_t id) { wireshark::SetInterface(rec_, id); }
  // Damaged records have fractions of a second below 0; a file that is written has none.
  void NormalizeTime() {
    constexpr int kSecondNs = 1'000'000'000;
    for (; rec_.ts.nsecs < 0; --rec_.ts.secs) rec_.ts.nsecs += kSecondNs;
  }
  // As it is, with its block of options.
  bool Write(wtap_dumper* dumper, int* error, char** error_info) {
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
    return wtap_dump(dumper, &rec_, error, error_info);
#else
    return wtap_dump(dumper, &rec_, start(), error, error_info) != FALSE;
#endif
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

  // Of the next packet.
  void SetComment(const std::string& comment) {
    wtap_block_unref(rec_.block);
    rec_.block = wtap_block_create(WTAP_BLOCK_PACKET);
    wtap_block_add_string_option(rec_.block, OPT_COMMENT, comment.data(), comment.size());
  }
  // `header` of a packet, whose interface gets the number `interface_id` in the file.
  bool Write(wtap_dumper* dumper, const RecordHeader& header, uint32_t interface_id,
             std::span<const uint8_t> bytes, int* error, char** error_info) {
    SetHeader(rec_, header);
    SetInterface(rec_, interface_id);
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
// record's bytes. `columns` may be null. REQUIRES: the record and `frame` outlive the next
// epan_dissect_reset(edt).
inline void DissectRecord(epan_dissect_t* edt, int file_type, Record& record, frame_data* frame,
                          bool with_taps, column_info* columns) {
  const auto run = with_taps ? epan_dissect_run_with_taps : epan_dissect_run;
  // Some dissectors write into it: PKTAP's sets the link type of the packet inside.
  const auto header_as_read = record.rec()->rec_header;
#ifdef ESPCAP_WIRESHARK_RECORD_HOLDS_BYTES
  run(edt, file_type, record.rec(), frame, columns);
#else
  // A reported length beyond gint would raise an exception here, outside every handler.
  const auto reported = static_cast<gint>(std::min<guint32>(frame->pkt_len, G_MAXINT));
  tvbuff_t* bytes = tvb_new_real_data(record.start(), frame->cap_len, reported);
  run(edt, file_type, record.rec(), bytes, frame, columns);
#endif
  record.rec()->rec_header = header_as_read;
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

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_RECORDS_H_
