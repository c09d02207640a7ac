// SPDX-License-Identifier: GPL-2.0-or-later
//
// The packets of a topic's partition, whose messages are a capture each: opened one after another,
// each by itself. Where a packet was captured is what its message says of it. Single-threaded, like
// libwiretap.
#ifndef ESPCAP_SOURCE_MESSAGE_SOURCE_H_
#define ESPCAP_SOURCE_MESSAGE_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "source/file_source.h"

namespace espcap::source {

class MessageSource : public FileSource {
 public:
  // `name`: of topic and partition, as the user knows them.
  MessageSource(std::string name, std::string topic)
      : FileSource(name), stream_name_(std::move(name)), topic_(std::move(topic)) {}

  struct Message {
    int32_t partition = 0;
    int64_t offset = 0;
    std::string sensor;  // empty: the run itself is the sensor
    std::string file;    // by which documents name the capture file; empty: there is none
    std::vector<uint64_t> numbers;  // of its packets' records there; none: as in the message
  };
  // `path`: of a file with the message. What follows are its records.
  tl::expected<void, OpenError> Open(const std::string& path, Message message);
  [[nodiscard]] FrameOrigin Origin() const override;

  // What the message says of packets that nobody captured, since that capture's start: read to its
  // end, the numbers are the last ones. Interfaces without such are left out.
  struct Loss {
    std::string interface;
    uint64_t packets = 0;
  };
  [[nodiscard]] std::vector<Loss> Losses() const;
  [[nodiscard]] const std::string& sensor() const { return message_.sensor; }

 private:
  std::string stream_name_;
  std::string topic_;
  Message message_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_MESSAGE_SOURCE_H_
