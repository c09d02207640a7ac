// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fingerprints of captures (see espcap/fingerprint.h): what makes a document's id.
#ifndef ESPCAP_SOURCE_FINGERPRINT_H_
#define ESPCAP_SOURCE_FINGERPRINT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "source/wireshark_api.h"

struct gcry_md_handle;

namespace espcap::source {

// Of a file's bytes as they are on disk. None for what can't be read twice (a pipe); "-" is read
// without moving standard input's offset.
Result<std::optional<Fingerprint>> FingerprintOfFile(const std::string& path);

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
