// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fingerprints of streams (see espcap/fingerprint.h): what makes the ids of their documents.
#ifndef ESPCAP_SOURCE_FINGERPRINT_H_
#define ESPCAP_SOURCE_FINGERPRINT_H_

#include <memory>

#include "espcap/fingerprint.h"
#include "source/wireshark_api.h"

struct gcry_md_handle;

namespace espcap::source {

// Of a stream as far as it was read: every record, in order. What was read to the same point gives
// the same value.
class StreamFingerprint {
 public:
  StreamFingerprint();

  void Add(const wireshark::Record& record);
  [[nodiscard]] Fingerprint Value() const;

 private:
  struct Close {
    void operator()(gcry_md_handle* handle) const;
  };
  std::unique_ptr<gcry_md_handle, Close> hash_;
};

}  // namespace espcap::source

#endif  // ESPCAP_SOURCE_FINGERPRINT_H_
