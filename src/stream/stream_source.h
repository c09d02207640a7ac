// SPDX-License-Identifier: GPL-2.0-or-later
//
// The frames of a stream as they come out of its ring: a worker's side. A frame stays in the ring
// until the supervisor has its document, for the next worker should this one die.
#ifndef ESPCAP_STREAM_STREAM_SOURCE_H_
#define ESPCAP_STREAM_STREAM_SOURCE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "process/packet_ring.h"
#include "source/capture_source.h"
#include "stream/stream_record.h"

namespace espcap::stream {

class StreamSource : public source::CaptureSource {
 public:
  // What is learned of the facts that the stream says besides its frames.
  enum class Facts : uint8_t {
    kAll,        // names and secrets are libwireshark's from then on
    kInterfaces  // REQUIRED where there is no libwireshark
  };
  StreamSource(std::string name, process::PacketRing& ring, Facts learned = Facts::kAll)
      : CaptureSource(std::move(name)), ring_(ring), learned_(learned) {}

  // With kInterfaces: they are lost where nobody takes them.
  using TakeSecrets = std::function<void(uint32_t type, std::span<const char> secrets)>;
  void TakeSecretsBy(TakeSecrets take) { take_secrets_ = std::move(take); }

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
  // By its number in the current frame's section.
  [[nodiscard]] bool InterfaceIsKnown(uint32_t id) const { return InterfaceOf(id) != nullptr; }

 private:
  struct Interface {
    std::optional<std::string> name;
    std::optional<std::string> description;
  };

  void Learn(std::span<const char> bytes);
  // Of the current frame's section.
  [[nodiscard]] const Interface* InterfaceOf(uint32_t id) const;

  process::PacketRing& ring_;
  Facts learned_;
  TakeSecrets take_secrets_;
  StreamRecord facts_;
  process::PacketRing::RecordId record_id_;
  bool has_image_ = false;
  std::string recorded_path_;
  uint64_t learned_log_bytes_ = 0;
  std::vector<Interface> interfaces_;
};

}  // namespace espcap::stream

#endif  // ESPCAP_STREAM_STREAM_SOURCE_H_
