// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/fingerprint.h"

#include <gcrypt.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace espcap::source {
namespace {

gcry_md_hd_t NewHash() {
  gcry_check_version(nullptr);  // initialises libgcrypt where libwireshark has not yet
  gcry_md_hd_t hash = nullptr;
  if (gcry_md_open(&hash, GCRY_MD_SHA256, 0) != 0) return nullptr;
  return hash;
}

Fingerprint Finish(gcry_md_hd_t hash) {
  Fingerprint fingerprint{};
  std::copy_n(gcry_md_read(hash, GCRY_MD_SHA256), fingerprint.size(), fingerprint.begin());
  return fingerprint;
}

}  // namespace

void StreamFingerprint::Close::operator()(gcry_md_handle* handle) const { gcry_md_close(handle); }

StreamFingerprint::StreamFingerprint() : hash_(NewHash()) {}

void StreamFingerprint::Add(const wireshark::Record& record) {
  const wtap_rec& rec = record.rec();
  const std::array<int64_t, 4> facts = {
      rec.rec_type, rec.ts.secs, rec.ts.nsecs,
      rec.rec_type == REC_TYPE_PACKET ? int64_t{rec.rec_header.packet_header.len} : int64_t{-1}};
  gcry_md_write(hash_.get(), facts.data(), sizeof(facts));
  if (rec.rec_type == REC_TYPE_PACKET) {
    const auto bytes = record.packet_bytes();
    gcry_md_write(hash_.get(), bytes.data(), bytes.size());
  }
}

Fingerprint StreamFingerprint::Value() const {
  gcry_md_hd_t copy = nullptr;
  if (gcry_md_copy(&copy, hash_.get()) != 0) throw std::bad_alloc();
  const std::unique_ptr<gcry_md_handle, Close> owned(copy);
  return Finish(copy);
}

}  // namespace espcap::source
