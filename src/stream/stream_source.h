// SPDX-License-Identifier: GPL-2.0-or-later
//
// The frames of a stream as they come out of its ring: a worker's side. A frame stays in the ring
// until the supervisor has its document, for the next worker should this one die.
#ifndef ESPCAP_STREAM_STREAM_SOURCE_H_
#define ESPCAP_STREAM_STREAM_SOURCE_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "process/packet_ring.h"
#include "source/capture_source.h"
#include "stream/stream_record.h"

namespace espcap::stream {

class StreamSource : public source::CaptureSource {
 public:
  StreamSource(std::string name, process::PacketRing& ring)
      : CaptureSource(std::move(name)), ring_(ring) {}

  // Moves to the next frame in the ring and learns the facts said before it.
  process::PacketRing::State Next(std::chrono::milliseconds timeout);
  void Pass() { ring_.Pass(); }

  // Of the current frame. Without an image the frame can't be dissected.
  [[nodiscard]] const StreamRecord& facts() const { return facts_; }
  [[nodiscard]] bool has_image() const { return has_image_; }
  [[nodiscard]] const process::PacketRing::RecordId& record_id() const { return record_id_; }

  [[nodiscard]] source::FrameOrigin Origin() const override;
  [[nodiscard]] const char* InterfaceName(uint32_t id, uint32_t section) const override;
  [[nodiscard]] const char* InterfaceDescription(uint32_t id, uint32_t section) const override;

 private:
  struct Interface {
    std::optional<std::string> name;
    std::optional<std::string> description;
  };

  void Learn(std::span<const char> bytes);
  // Of the current frame's section.
  [[nodiscard]] const Interface* InterfaceOf(uint32_t id) const;

  process::PacketRing& ring_;
  StreamRecord facts_;
  process::PacketRing::RecordId record_id_;
  bool has_image_ = false;
  std::string recorded_path_;
  uint64_t learned_log_bytes_ = 0;
  std::vector<Interface> interfaces_;
};

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_STREAM_SOURCE_H_
