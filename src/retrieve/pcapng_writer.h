// SPDX-License-Identifier: GPL-2.0-or-later
//
// Records into one section of a pcapng file, by libwiretap: with their time, lengths, bytes and
// options, and interfaces that are numbered anew. One thread.
#ifndef ESPCAP_RETRIEVE_PCAPNG_WRITER_H_
#define ESPCAP_RETRIEVE_PCAPNG_WRITER_H_

#include <cstdint>
#include <memory>

#include "base/file_descriptor.h"
#include "espcap/result.h"
#include "source/wireshark_api.h"

namespace espcap::retrieve {

struct BlockUnref {
  void operator()(wtap_block* block) const { wtap_block_unref(block); }
};
using Block = std::unique_ptr<wtap_block, BlockUnref>;

struct BlocksFree {
  void operator()(GArray* blocks) const { wtap_block_array_free(blocks); }
};

// What the section says of the interface of a packet: what the packet's own file says of it (null:
// nothing), with a resolution that keeps the packet's time.
Block DescribeInterface(wtap_block_t original, const wtap_rec& packet);
// Whether times of this interface can say the packet's.
[[nodiscard]] bool KeepsTime(wtap_block_t interface, const wtap_rec& packet);

// Of a source: those that it comes across, each time, or those that it has at the beginning, once.
enum class Secrets : uint8_t { kEachTime, kEachOnce };

class PcapngWriter {
 public:
  // Secrets of `source` are written before the next record, unless it is null. It outlives the
  // writer.
  static Result<std::unique_ptr<PcapngWriter>> Begin(base::FileDescriptor file, wtap* source,
                                                     Secrets secrets = Secrets::kEachTime);
  ~PcapngWriter();
  PcapngWriter(const PcapngWriter&) = delete;
  PcapngWriter& operator=(const PcapngWriter&) = delete;

  // Copies it; its number.
  Result<uint32_t> AddInterface(wtap_block_t interface);
  // False: pcapng has no way to keep this record. A packet's interface is already by number.
  Result<bool> Write(wireshark::Record& record);
  Result<void> Close();

  [[nodiscard]] uint32_t interfaces() const { return interfaces_; }

 private:
  PcapngWriter();

  wtap_dump_params params_{};
  wtapng_iface_descriptions_t* interfaces_of_source_ = nullptr;
  // libwiretap makes up an interface where it is given none, even though it is to copy none.
  std::unique_ptr<GArray, BlocksFree> not_copied_;
  wtapng_iface_descriptions_t not_copied_interfaces_{};
  std::unique_ptr<GArray, BlocksFree> secrets_;  // null: the source's own
  wtap_dumper* dumper_ = nullptr;
  uint32_t interfaces_ = 0;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_PCAPNG_WRITER_H_
