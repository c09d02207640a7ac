// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/conversation.h"

namespace espcap::source {

// FNV-1a of the two names with a zero byte between them: short, and known everywhere.
uint64_t PlaceHash(std::string_view sensor, std::string_view interface) {
  constexpr uint64_t kBasis = 0xCBF29CE484222325U;
  constexpr uint64_t kPrime = 0x100000001B3U;
  uint64_t hash = kBasis;
  const auto add = [&hash](char byte) { hash = (hash ^ static_cast<uint8_t>(byte)) * kPrime; };
  for (const char byte : sensor) add(byte);
  add('\0');
  for (const char byte : interface) add(byte);
  return hash;
}

uint64_t ConversationOf(FlowKey key, int encapsulation, std::span<const uint8_t> captured,
                        std::string_view sensor, std::string_view interface) {
  const auto hash = FlowHash(key, encapsulation, captured);
  return hash ? *hash : PlaceHash(sensor, interface);
}

}  // namespace espcap::source
