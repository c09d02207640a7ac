// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/stream_reader.h"

#include <cstring>

#include "source/interface_block.h"

namespace espcap::stream {
namespace {

using AddToLog = std::function<void(const Fact& fact, std::span<const char> text)>;

// What wiretap's callbacks reach.
AddToLog& Log() {
  static AddToLog log;
  return log;
}

std::span<const char> WithZero(const char* text) { return {text, std::strlen(text) + 1}; }

void LogIpv4Name(uint32_t address, const char* name) {
  Fact fact;
  fact.kind = Fact::Kind::kIpv4Name;
  fact.number = address;
  Log()(fact, WithZero(name));
}

void LogIpv6Name(const ws_in6_addr& address, const char* name) {
  Fact fact;
  fact.kind = Fact::Kind::kIpv6Name;
  fact.address = address;
  Log()(fact, WithZero(name));
}

void LogSecrets(uint32_t type, const void* secrets, unsigned size) {
  Fact fact;
  fact.kind = Fact::Kind::kSecrets;
  fact.number = type;
  Log()(fact, {static_cast<const char*>(secrets), size});
}

}  // namespace

StreamReader::StreamReader(source::FileSource& source, source::FrameReader& frames,
                           process::PacketRing& ring, std::function<void(const std::string&)> warn)
    : source_(source), frames_(frames), ring_(ring), warn_(std::move(warn)) {
  Log() = [this](const Fact& fact, std::span<const char> text) {
    AddedToLog(AppendMetadata(ring_, fact, text));
  };
  wireshark::SetNameCallbacks<LogIpv4Name, LogIpv6Name>(source.handle());
  wtap_set_cb_new_secrets(source.handle(), LogSecrets);
}

StreamReader::~StreamReader() { Log() = nullptr; }

void StreamReader::AddedToLog(bool had_room) {
  if (had_room || log_is_full_) return;
  log_is_full_ = true;
  warn_(source_.name() + ": more names and secrets than can be kept; later ones are not used");
}

void StreamReader::AddInterfaces() {
  for (wtap_block_t block = source_.NextInterface(); block != nullptr;
       block = source_.NextInterface()) {
    AddedToLog(
        AddInterface(ring_, source::NameOfInterface(block), source::DescriptionOfInterface(block)));
  }
}

bool StreamReader::AddFrame(const std::function<bool()>& stopped) {
  const wireshark::Record& record = source_.record();
  record_.frame_number = frames_.frame_number();
  process::PacketRing::RecordId id{source_.record_number(), {}};
  record_.offset = source_.offset();
  record_.file_type = source_.file_type();
  record_.first_interface =
      wireshark::FirstInterface(source_.handle(), record.rec().section_number);
  record_.log_bytes = ring_.log_bytes();
  if (record_.frame_number == 1) record_.first_time = record.rec().ts;
  if (fingerprint_) {
    fingerprint_->Add(record);
    id.fingerprint = fingerprint_->Value();
  }
  image_.SetRecord(record);
  const bool has_image =
      !frames_.is_duplicate() && sizeof(record_) + image_.bytes() <= ring_.max_record_bytes();
  record_.is_duplicate = frames_.is_duplicate() ? 1 : 0;
  record_.has_image = has_image ? 1 : 0;
  const size_t bytes = sizeof(record_) + (has_image ? image_.bytes() : 0);
  const std::span<char> room = ring_.Claim(bytes, [&stopped] { return !stopped(); });
  if (room.empty()) return false;
  std::memcpy(room.data(), &record_, sizeof(record_));
  if (has_image) image_.Write(room.subspan(sizeof(record_)));
  ring_.Commit(bytes, id);
  record_.previous_time = record.rec().ts;
  return true;
}

Result<void> StreamReader::Run(const std::function<bool()>& stopped) {
  while (!stopped()) {
    auto more = frames_.Next();
    if (!more) return Forward(std::move(more));
    if (!*more) return {};
    AddInterfaces();
    if (!AddFrame(stopped)) return {};
  }
  return {};
}

}  // namespace espcap::stream
