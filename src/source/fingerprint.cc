// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/fingerprint.h"

#include <fcntl.h>
#include <gcrypt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

#include "base/file_descriptor.h"

namespace espcap::source {
namespace {

constexpr size_t kReadBytes = size_t{1} << 20U;

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

Result<std::optional<Fingerprint>> FingerprintOfFile(const std::string& path) {
  // O_NONBLOCK: a FIFO opens at once, whether anyone writes to it or not.
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
  const base::FileDescriptor file(path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), kFlags));
  const auto failed = [&path] {
    return Fail("read {}: {}", path, std::generic_category().message(errno));
  };
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return std::optional<Fingerprint>();

  const std::unique_ptr<gcry_md_handle, decltype(&gcry_md_close)> hash(NewHash(), gcry_md_close);
  std::vector<uint8_t> block(kReadBytes);
  for (off_t offset = 0;;) {
    const ssize_t count = ::pread(file.get(), block.data(), block.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    if (count == 0) return Finish(hash.get());
    gcry_md_write(hash.get(), block.data(), static_cast<size_t>(count));
    offset += count;
  }
}

}  // namespace espcap::source
