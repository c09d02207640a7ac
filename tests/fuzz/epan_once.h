// SPDX-License-Identifier: GPL-2.0-or-later
//
// libwireshark for targets: it can be started once in a process. It finds neither its data files
// nor a user's settings, so that a session takes a millisecond to begin, not sixty, and each input
// can have its own.
#ifndef ESPCAP_TESTS_FUZZ_EPAN_ONCE_H_
#define ESPCAP_TESTS_FUZZ_EPAN_ONCE_H_

#include "input.h"
#include "source/capture_source.h"

namespace espcap::fuzz {

void StartEpanOnce();

// Packets one by one.
class PacketSource : public source::CaptureSource {
 public:
  PacketSource();

  // REQUIRES: libwiretap knows the encapsulation.
  void SetPacket(int encapsulation, Bytes packet);

  [[nodiscard]] source::FrameOrigin Origin() const override { return {name_, record_number_, -1}; }
  [[nodiscard]] const char* InterfaceName(uint32_t /*id*/, uint32_t /*section*/) const override {
    return nullptr;
  }
  [[nodiscard]] const char* InterfaceDescription(uint32_t /*id*/,
                                                 uint32_t /*section*/) const override {
    return nullptr;
  }
};

}  // namespace espcap::fuzz

#endif  // ESPCAP_TESTS_FUZZ_EPAN_ONCE_H_
