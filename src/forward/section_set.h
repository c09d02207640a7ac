// SPDX-License-Identifier: GPL-2.0-or-later
//
// Sections of pcapng that are being filled: one for each partition, and those that are full. Their
// memory is bounded, and used again. Pure; one thread.
#ifndef ESPCAP_FORWARD_SECTION_SET_H_
#define ESPCAP_FORWARD_SECTION_SET_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "espcap/byte_buffer.h"
#include "pcapng/blocks.h"

namespace espcap::forward {

struct Section {
  uint32_t partition = 0;
  uint64_t packets = 0;
  uint64_t first_number = 0;  // of its packets' records
  uint64_t last_number = 0;
  uint32_t first_frame = 0;
  int64_t first_ns = 0;  // the earliest and the latest time
  int64_t last_ns = 0;
  ByteBuffer numbers;  // of its packets' records (document/record_numbers.h)
  ByteBuffer text;
  size_t blocks = 0;  // of those that every section has
};

// What is known of a packet besides its block.
struct PacketOrigin {
  uint64_t number = 0;  // of its record, rising
  uint32_t frame = 0;
  int64_t time_ns = 0;
};

class SectionSet {
 public:
  struct Limits {
    uint32_t partitions = 1;
    size_t message_bytes = 0;  // of one section with its numbers, at most
    size_t total_bytes = 0;    // of all; one that is larger is alone
    size_t sections = 4096;    // at most
  };
  static constexpr size_t kSectionBytes = size_t{256} << 10U;  // one that has them is full

  explicit SectionSet(const Limits& limits);

  enum class Added {
    kAdded,
    kNoRoom,   // before it, what is there must go
    kTooLarge  // for a section of its own
  };
  // `blocks`: what each section has before its first packet, or between two.
  Added Add(uint32_t partition, const pcapng::Packet& packet, const PacketOrigin& origin,
            const std::vector<std::string>& blocks);
  // Other blocks from now on: no section is open any more.
  void CloseAll();

  // In the order in which those of one partition follow each other; until Clear().
  [[nodiscard]] std::vector<const Section*> All() const;
  void Clear();
  [[nodiscard]] bool empty() const { return used_ == 0; }

 private:
  Section* Open(uint32_t partition, size_t bytes);
  void Close(uint32_t partition);

  Limits limits_;
  std::vector<std::unique_ptr<Section>> sections_;  // the first `used_` are in use
  size_t used_ = 0;
  std::vector<Section*> closed_;
  std::vector<Section*> open_;  // by partition; null: none
  size_t bytes_ = 0;            // of those in use
};

}  // namespace espcap::forward

#endif  // ESPCAP_FORWARD_SECTION_SET_H_
