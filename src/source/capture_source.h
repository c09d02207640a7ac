// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a dissection's frames come from, one at a time: a file, or a stream that another process
// reads. One thread.
#ifndef ESPCAP_SOURCE_CAPTURE_SOURCE_H_
#define ESPCAP_SOURCE_CAPTURE_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "source/wireshark_api.h"

namespace espcap::source {

// Where a frame can be found again.
struct FrameOrigin {
  std::string_view file;         // its path; empty: it is in none
  uint64_t frame = 0;            // its record's number there; without a file, in the stream
  int64_t offset = -1;           // of its record, where that leads to it without reading the others
  std::string_view sensor = {};  // who captured it; empty: the run itself is the sensor
  // Of a topic that it comes from.
  struct Message {
    std::string_view topic;  // empty: it comes from none
    int32_t partition = 0;
    int64_t offset = 0;
    uint32_t index = 0;  // of the packet in the message, from 1
  };
  Message message = {};
};

class CaptureSource {
 public:
  explicit CaptureSource(std::string name) : name_(std::move(name)) {}
  virtual ~CaptureSource() = default;
  CaptureSource(const CaptureSource&) = delete;
  CaptureSource& operator=(const CaptureSource&) = delete;

  // As the user knows it.
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] wireshark::Record& record() { return record_; }
  [[nodiscard]] const wireshark::Record& record() const { return record_; }
  // Place of the current record: in the capture's bytes, and counted from 1.
  [[nodiscard]] int64_t offset() const { return offset_; }
  [[nodiscard]] uint32_t record_number() const { return record_number_; }
  // Of the current record.
  [[nodiscard]] virtual FrameOrigin Origin() const = 0;
  // wiretap's number for the capture's format.
  [[nodiscard]] int file_type() const { return file_type_; }

  // Of the interface a frame was captured at, by its number in its section of the capture; null
  // where the capture has none.
  [[nodiscard]] virtual const char* InterfaceName(uint32_t id, uint32_t section) const = 0;
  [[nodiscard]] virtual const char* InterfaceDescription(uint32_t id, uint32_t section) const = 0;

 protected:
  std::string name_;
  wireshark::Record record_;
  int64_t offset_ = 0;
  uint32_t record_number_ = 0;
  int file_type_ = 0;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_CAPTURE_SOURCE_H_
