// SPDX-License-Identifier: GPL-2.0-or-later
#include "pcapng/blocks.h"

#include <array>
#include <cstring>

namespace espcap::pcapng {
namespace {

enum BlockType : uint32_t {
  kSectionHeader = 0x0A0D0D0A,
  kInterfaceDescription = 1,
  kInterfaceStatistics = 5,
  kEnhancedPacket = 6,
  kDecryptionSecrets = 10,
};

enum OptionCode : uint16_t {
  kEndOfOptions = 0,
  kUserApplication = 4,
  kTimeResolution = 9,
  kReceived = 4,
  kInterfaceDropped = 5,
  kSystemDropped = 7,
};

constexpr std::array<char, 4> kPadding{};
constexpr size_t kBlockFrame = 12;  // type, and the length at both ends
constexpr size_t kPacketFrame = kBlockFrame + 20;
constexpr size_t kEndBytes = 4;  // of the option that ends a list

constexpr size_t Padded(size_t bytes) { return (bytes + 3) / 4 * 4; }

template <class Number>
void Put(ByteBuffer& out, Number number) {
  char* const place = out.Claim(sizeof(number));
  std::memcpy(place, &number, sizeof(number));
  out.Commit(place + sizeof(number));
}

void PutPadded(ByteBuffer& out, std::string_view bytes) {
  out.Append(bytes);
  out.Append({kPadding.data(), Padded(bytes.size()) - bytes.size()});
}

size_t OptionsBytes(std::string_view options) {
  return options.empty() ? 0 : options.size() + kEndBytes;
}

std::string_view Bytes(const uint64_t& number) {
  return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

// From Begin() on, what is appended belongs to the block; its length is known at the end.
class Block {
 public:
  Block(ByteBuffer& out, BlockType type) : out_(out), begin_(out.size()) {
    Put<uint32_t>(out_, type);
    Put<uint32_t>(out_, 0);
  }
  void End() {
    const auto bytes = static_cast<uint32_t>(out_.size() - begin_ + sizeof(uint32_t));
    std::array<char, sizeof(bytes)> length{};
    std::memcpy(length.data(), &bytes, sizeof(bytes));
    for (size_t at = 0; at < length.size(); ++at) {
      out_.Overwrite(begin_ + sizeof(uint32_t) + at, length.at(at));
    }
    Put(out_, bytes);
  }

 private:
  ByteBuffer& out_;
  size_t begin_;
};

}  // namespace

void AppendOption(ByteBuffer& out, uint16_t code, std::string_view value) {
  if (value.size() > UINT16_MAX) return;
  Put(out, code);
  Put(out, static_cast<uint16_t>(value.size()));
  PutPadded(out, value);
}

void AppendSectionHeader(ByteBuffer& out, std::string_view application) {
  constexpr uint32_t kByteOrder = 0x1A2B3C4D;
  Block block(out, kSectionHeader);
  Put(out, kByteOrder);
  Put<uint16_t>(out, 1);  // version 1.0
  Put<uint16_t>(out, 0);
  Put<int64_t>(out, -1);  // its length isn't said
  AppendOption(out, kUserApplication, application);
  AppendOption(out, kEndOfOptions, {});
  block.End();
}

void AppendInterface(ByteBuffer& out, const Interface& interface) {
  Block block(out, kInterfaceDescription);
  Put(out, interface.link_type);
  Put<uint16_t>(out, 0);
  Put(out, interface.snaplen);
  out.Append(interface.options);
  const auto resolution = static_cast<char>(interface.resolution);
  AppendOption(out, kTimeResolution, {&resolution, 1});
  AppendOption(out, kEndOfOptions, {});
  block.End();
}

void AppendSecrets(ByteBuffer& out, uint32_t type, std::string_view secrets) {
  Block block(out, kDecryptionSecrets);
  Put(out, type);
  Put(out, static_cast<uint32_t>(secrets.size()));
  PutPadded(out, secrets);
  block.End();
}

size_t PacketBytes(const Packet& packet) {
  return kPacketFrame + Padded(packet.pseudo_header.size() + packet.bytes.size()) +
         OptionsBytes(packet.options);
}

void AppendPacket(ByteBuffer& out, const Packet& packet) {
  const size_t bytes = PacketBytes(packet);
  const size_t captured = packet.pseudo_header.size() + packet.bytes.size();
  char* place = out.Claim(bytes);
  const auto put = [&place](const void* from, size_t count) {
    if (count > 0) std::memcpy(place, from, count);
    place += count;
  };
  const auto block_bytes = static_cast<uint32_t>(bytes);
  const std::array<uint32_t, 7> head = {
      kEnhancedPacket,
      block_bytes,
      packet.interface,
      static_cast<uint32_t>(packet.time >> 32U),
      static_cast<uint32_t>(packet.time),
      static_cast<uint32_t>(captured),
      packet.original_bytes + static_cast<uint32_t>(packet.pseudo_header.size())};
  put(head.data(), sizeof(head));
  put(packet.pseudo_header.data(), packet.pseudo_header.size());
  put(packet.bytes.data(), packet.bytes.size());
  put(kPadding.data(), Padded(captured) - captured);
  if (!packet.options.empty()) {
    put(packet.options.data(), packet.options.size());
    put(kPadding.data(), kEndBytes);
  }
  put(&block_bytes, sizeof(block_bytes));
  out.Commit(place);
}

void AppendStatistics(ByteBuffer& out, const Statistics& statistics, uint8_t resolution) {
  uint64_t time = statistics.time_ns;
  for (uint8_t power = resolution; power < kNanoseconds; ++power) time /= 10;
  Block block(out, kInterfaceStatistics);
  Put(out, statistics.interface);
  Put(out, static_cast<uint32_t>(time >> 32U));
  Put(out, static_cast<uint32_t>(time));
  AppendOption(out, kReceived, Bytes(statistics.received));
  AppendOption(out, kInterfaceDropped, Bytes(statistics.interface_dropped));
  AppendOption(out, kSystemDropped, Bytes(statistics.system_dropped));
  AppendOption(out, kEndOfOptions, {});
  block.End();
}

std::optional<uint64_t> UnitsOf(int64_t seconds, int32_t nanoseconds, uint8_t resolution) {
  constexpr uint64_t kSecondNs = 1'000'000'000;
  if (seconds < 0 || nanoseconds < 0 || static_cast<uint64_t>(nanoseconds) >= kSecondNs ||
      resolution > kNanoseconds) {
    return std::nullopt;
  }
  uint64_t unit_ns = 1;
  for (uint8_t power = resolution; power < kNanoseconds; ++power) unit_ns *= 10;
  const uint64_t units = kSecondNs / unit_ns;
  const auto fraction = static_cast<uint64_t>(nanoseconds);
  const auto whole = static_cast<uint64_t>(seconds);
  if (fraction % unit_ns != 0 || whole > UINT64_MAX / units - 1) return std::nullopt;
  return whole * units + fraction / unit_ns;
}

}  // namespace espcap::pcapng
