// SPDX-License-Identifier: GPL-2.0-or-later
#include "stream/stream_source.h"

#include <cstring>
#include <string_view>

#include "dissect/capture_facts.h"
#include "stream/frame_image.h"

namespace espcap::stream {

using process::PacketRing;

PacketRing::State StreamSource::Next(std::chrono::milliseconds timeout) {
  const PacketRing::State state = ring_.Wait(timeout);
  if (state != PacketRing::State::kRecord) return state;
  const std::span<const char> bytes = ring_.Front();
  // A record that isn't one means that the reader has gone wrong: nothing more can be understood.
  if (bytes.size() < sizeof(facts_)) return PacketRing::State::kEnd;
  std::memcpy(&facts_, bytes.data(), sizeof(facts_));
  const std::span<const char> rest = bytes.subspan(sizeof(facts_));
  if (rest.size() < facts_.path_bytes) return PacketRing::State::kEnd;
  recorded_path_.assign(rest.data(), facts_.path_bytes);
  has_image_ = facts_.has_image != 0 && FrameImage::Read(rest.subspan(facts_.path_bytes), record_);
  offset_ = facts_.offset;
  record_id_ = ring_.FrontId();
  record_number_ = static_cast<uint32_t>(record_id_.number);
  file_type_ = facts_.file_type;
  if (facts_.log_bytes > learned_log_bytes_) {
    ring_.Metadata(learned_log_bytes_, facts_.log_bytes,
                   [this](std::span<const char> fact) { Learn(fact); });
    learned_log_bytes_ = facts_.log_bytes;
  }
  return state;
}

source::FrameOrigin StreamSource::Origin() const {
  if (recorded_path_.empty()) return {{}, record_id_.number, -1};
  return {recorded_path_, facts_.recorded_number, facts_.recorded_offset};
}

void StreamSource::Learn(std::span<const char> bytes) {
  Fact fact;
  if (bytes.size() < sizeof(fact)) return;
  std::memcpy(&fact, bytes.data(), sizeof(fact));
  const std::span<const char> text = bytes.subspan(sizeof(fact));
  const bool has_libwireshark = learned_ == Facts::kAll;
  if (fact.kind == Fact::Kind::kSecrets) {
    if (has_libwireshark) return dissect::LearnSecrets(fact.number, text);
    if (take_secrets_) take_secrets_(fact.number, text);
    return;
  }
  if (fact.kind != Fact::Kind::kInterface && !has_libwireshark) return;
  if (text.empty() || text.back() != '\0') return;
  switch (fact.kind) {
    case Fact::Kind::kIpv4Name:
      return dissect::LearnIpv4Name(fact.number, text.data());
    case Fact::Kind::kIpv6Name:
      return dissect::LearnIpv6Name(fact.address, text.data());
    default:
      break;
  }
  const std::string_view both(text.data(), text.size() - 1);
  const size_t end_of_name = both.find('\0');
  if (end_of_name == std::string_view::npos) return;
  Interface& interface = interfaces_.emplace_back();
  if (fact.has_name != 0) interface.name = both.substr(0, end_of_name);
  if (fact.has_description != 0) interface.description = both.substr(end_of_name + 1);
}

const StreamSource::Interface* StreamSource::InterfaceOf(uint32_t id) const {
  const size_t place = size_t{facts_.first_interface} + id;
  return place < interfaces_.size() ? &interfaces_[place] : nullptr;
}

const char* StreamSource::InterfaceName(uint32_t id, uint32_t /*section*/) const {
  const Interface* interface = InterfaceOf(id);
  return interface == nullptr || !interface->name ? nullptr : interface->name->c_str();
}

const char* StreamSource::InterfaceDescription(uint32_t id, uint32_t /*section*/) const {
  const Interface* interface = InterfaceOf(id);
  if (interface == nullptr || !interface->description) return nullptr;
  return interface->description->c_str();
}

}  // namespace espcap::stream
