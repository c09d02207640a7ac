// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/duplicates.h"

#include <gcrypt.h>

#include <algorithm>
#include <cstring>

namespace espcap::source {
namespace {

constexpr size_t kBuckets = size_t{1} << 17U;

// Times are clamped (Record::time_ns()), windows aren't.
int64_t Minus(int64_t time_ns, int64_t window_ns) {
  return time_ns < INT64_MIN + window_ns ? INT64_MIN : time_ns - window_ns;
}

size_t BucketOf(const FrameDigest& digest) {
  uint64_t bits = 0;
  std::memcpy(&bits, digest.data(), sizeof(bits));
  return bits % kBuckets;
}

}  // namespace

FrameDigest DigestOf(std::span<const uint8_t> frame, const DuplicateOptions& options) {
  std::array<gcry_buffer_t, 2> parts{};
  // libgcrypt only reads them.
  parts[0].data = const_cast<uint8_t*>(options.seed.data());
  parts[0].len = parts[0].size = options.seed.size();
  parts[1].data = const_cast<uint8_t*>(frame.data());
  parts[1].len = parts[1].size = frame.size();
  std::array<uint8_t, 32> hash{};
  gcry_md_hash_buffers(GCRY_MD_BLAKE2B_256, 0, hash.data(), parts.data(), parts.size());
  FrameDigest digest;
  std::copy_n(hash.begin(), digest.size(), digest.begin());
  return digest;
}

DuplicateFinder::DuplicateFinder(const DuplicateOptions& options, size_t depth)
    : options_(options), depth_(depth), buckets_(kBuckets) {
  gcry_check_version(nullptr);
}

bool DuplicateFinder::CheckAndAdd(std::span<const uint8_t> frame, int64_t time_ns) {
  const FrameDigest digest = DigestOf(frame, options_);
  Number& bucket = buckets_[BucketOf(digest)];
  const bool is_duplicate = FindAndUnlink(bucket, digest, time_ns);
  Add(bucket, digest, time_ns);
  return is_duplicate;
}

// The newest frame that is earlier than a time; it ends a search.
DuplicateFinder::Number DuplicateFinder::LastBefore(int64_t time_ns) const {
  const auto first_not =
      std::partition_point(earliest_.begin(), earliest_.end(),
                           [time_ns](const Earliest& frame) { return frame.time_ns < time_ns; });
  return first_not == earliest_.begin() ? 0 : std::prev(first_not)->number;
}

// An equal frame that is later than this one is found by no frame any more that doesn't find this
// one first: it is unlinked, so that a capture whose times fall costs no more than another one.
bool DuplicateFinder::FindAndUnlink(Number& bucket, const FrameDigest& digest, int64_t time_ns) {
  const Number oldest = taken_ < depth_ ? 1 : taken_ - depth_ + 1;
  for (Number* link = &bucket; *link >= oldest;) {
    Entry& entry = EntryOf(*link);
    if (entry.digest != digest) {
      link = &entry.previous;
    } else if (entry.time_ns > time_ns) {
      *link = entry.previous;
    } else {
      return *link > LastBefore(Minus(time_ns, options_.window.count()));
    }
  }
  return false;
}

void DuplicateFinder::Add(Number& bucket, const FrameDigest& digest, int64_t time_ns) {
  const Number number = ++taken_;
  if (entries_.size() < depth_) entries_.emplace_back();
  EntryOf(number) = {digest, time_ns, bucket};
  bucket = number;
  while (!earliest_.empty() && earliest_.back().time_ns >= time_ns) earliest_.pop_back();
  earliest_.push_back({number, time_ns});
  if (earliest_.front().number + depth_ <= number) earliest_.pop_front();
}

}  // namespace espcap::source
