// SPDX-License-Identifier: GPL-2.0-or-later
//
// A capture's current record into a section of a pcapng file, with its interface. One thread.
#ifndef ESPCAP_RETRIEVE_RECORD_COPIER_H_
#define ESPCAP_RETRIEVE_RECORD_COPIER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "espcap/result.h"
#include "retrieve/pcapng_writer.h"
#include "source/file_source.h"

namespace espcap::retrieve {

// What a capture says of its packets' interfaces.
class InterfaceFinder {
 public:
  explicit InterfaceFinder(source::FileSource& source) : source_(source) {}

  // After each record that is read in sequence.
  void Follow();
  // Null where it says nothing.
  [[nodiscard]] wtap_block_t Find(const wtap_rec& packet) const;

 private:
  static constexpr size_t kMaxSections = size_t{1} << 20U;

  [[nodiscard]] uint32_t FirstOf(uint32_t section) const;

  source::FileSource& source_;
  uint32_t known_ = 0;
  std::vector<uint32_t> firsts_;  // of each section
};

class RecordCopier {
 public:
  RecordCopier(source::FileSource& source, PcapngWriter& writer)
      : source_(source), writer_(writer), interfaces_(source) {}

  // After each record that is read in sequence.
  void Follow() { interfaces_.Follow(); }
  // False: pcapng has no way to keep it. An error: the section can't be written.
  Result<bool> Copy();

  [[nodiscard]] uint64_t records() const { return records_; }

 private:
  struct Described {
    Block interface;
    uint32_t number = 0;
  };

  // Its number in the section.
  Result<uint32_t> InterfaceOf(const wtap_rec& packet);

  source::FileSource& source_;
  PcapngWriter& writer_;
  InterfaceFinder interfaces_;
  std::map<std::pair<wtap_block_t, int>, std::vector<Described>> described_;  // by link type
  uint64_t records_ = 0;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_COPIER_H_
