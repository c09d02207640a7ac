// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a server or a topic turns out to need of documents, once it is connected.
#ifndef ESPCAP_DOCUMENT_NEEDS_H_
#define ESPCAP_DOCUMENT_NEEDS_H_

#include <cstdint>

namespace espcap {

struct DocumentNeeds {
  uint64_t document_bytes = 0;  // a document is cut there; 0: as was set
  uint64_t value_bytes = 0;     // texts are cut there; 0: as was set
  uint32_t partitions = 0;      // of a topic that packets are forwarded to
  bool timestamp = false;       // documents have an @timestamp: a data stream wants it
};

}  // namespace espcap

#endif  // ESPCAP_DOCUMENT_NEEDS_H_
