// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets of one interface as they were captured, in a pcapng file by libwiretap. What is written
// is on its way to the disk with each Flush(); a process that is killed leaves whole blocks but for
// the last. One thread.
#ifndef ESPCAP_LIVE_RAW_FILE_H_
#define ESPCAP_LIVE_RAW_FILE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "source/wireshark_api.h"

namespace espcap::live {

class RawFile {
 public:
  // What its interface block says.
  struct Interface {
    std::string name;
    std::string filter;  // may be empty
    int encapsulation = 0;
    uint32_t snaplen = 0;
    bool nanoseconds = true;
  };

  static Result<std::unique_ptr<RawFile>> Begin(base::FileDescriptor file,
                                                const Interface& interface);
  ~RawFile();
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  // `bytes` of a packet as LinkPackets gives it.
  Result<void> Add(const wireshark::RecordHeader& header, std::span<const uint8_t> bytes);
  // Of the next packet.
  void SetComment(const std::string& comment) { writer_.SetComment(comment); }
  Result<void> Flush();

  [[nodiscard]] uint64_t bytes() const;

 private:
  explicit RawFile(wtap_dumper* dumper) : dumper_(dumper) {}

  wtap_dumper* dumper_;
  wireshark::RecordWriter writer_;
};

}  // namespace espcap::live

#endif  // ESPCAP_LIVE_RAW_FILE_H_
