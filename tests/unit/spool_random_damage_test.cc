// SPDX-License-Identifier: GPL-2.0-or-later
//
// A spool over segments that chance has damaged, or made: it ends, delivers only what was appended,
// and where it says that it has counted every loss, the numbers add up.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "../support/random_seed.h"
#include "spool/spool.h"
#include "spool_batches.h"

namespace espcap::spool {
namespace {

using espcap::testing::Checked;
using espcap::testing::DrainFrames;
using espcap::testing::MakeBatch;
using espcap::testing::RandomSeed;
using espcap::testing::ReadWhole;
using espcap::testing::SpoolDirectory;

class Chance {
 public:
  explicit Chance(uint32_t seed) : random_(seed) {}
  // Below `limit`, or 0.
  size_t Below(size_t limit) {
    return limit == 0 ? 0 : std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }
  std::string Bytes(size_t count) {
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }

 private:
  std::mt19937 random_;
};

void WriteWhole(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Cuts, puts in, zeroes, overwrites, or takes out a part.
constexpr size_t kKinds = 5;
constexpr size_t kKindsWithPlace = 4;
void DamageSomewhere(Chance& chance, std::string& bytes, size_t kinds) {
  const size_t at = chance.Below(bytes.size() + 1);
  const size_t count = 1 + chance.Below(chance.Below(2) == 0 ? 8 : 600);
  switch (chance.Below(kinds)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes.insert(at, chance.Bytes(count));
      break;
    case 2:
      bytes.replace(at, count, std::string(std::min(count, bytes.size() - at), '\0'));
      break;
    case 3:
      bytes.replace(at, count, chance.Bytes(std::min(count, bytes.size() - at)));
      break;
    default:
      bytes.erase(at, count);
  }
}

TEST(SpoolRandomDamageTest, WhatIsDeliveredAndLostAddsUp) {
  constexpr uint32_t kRounds = 400;
  const uint32_t seed = RandomSeed(0);
  for (uint32_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    Chance chance(seed + round);
    const SpoolDirectory directory;
    uint32_t last = 0;
    for (size_t run = 0; run <= chance.Below(2); ++run) {
      const auto spool = directory.Open(1 << 30, 200 + chance.Below(3000));
      for (size_t batch = 0; batch < 8; ++batch) {
        const auto documents = static_cast<uint32_t>(1 + chance.Below(12));
        ASSERT_TRUE(Checked(spool->Append(MakeBatch(last + 1, last + documents).Get())));
        last += documents;
      }
    }
    // Documents that were taken out with all their bytes leave no place to remember that.
    const bool is_opened_twice = chance.Below(2) == 0;
    // Never the newest, so that something always tells what is missing.
    auto segments = directory.Segments();
    segments.pop_back();
    for (size_t times = chance.Below(4); times > 0 && !segments.empty(); --times) {
      const std::string& segment = segments[chance.Below(segments.size())];
      std::string bytes = ReadWhole(segment);
      DamageSomewhere(chance, bytes, is_opened_twice ? kKindsWithPlace : kKinds);
      WriteWhole(segment, bytes);
    }
    // A run that reads nothing has counted what it found damaged once for all.
    const uint64_t lost_before = is_opened_twice ? directory.Open()->lost().documents : 0;
    const auto spool = directory.Open();
    const uint64_t found = spool->documents();
    const uint64_t lost_at_once = spool->lost().documents;
    const auto frames = DrainFrames(*spool);
    const std::set<uint32_t> once(frames.begin(), frames.end());
    ASSERT_EQ(once.size(), frames.size());
    ASSERT_LE(frames.size(), last);
    ASSERT_EQ(frames.size() + spool->lost().documents, found + lost_at_once);
    ASSERT_EQ(spool->lost().uncounted, 0U);
    ASSERT_EQ(frames.size() + lost_before + spool->lost().documents, last);
    ASSERT_EQ(spool->documents(), 0U);
  }
}

// Bytes without sense, and frames without sense whose checksums are right.
TEST(SpoolRandomDamageTest, AnyBytesEndSomehow) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
  const uint32_t seed = RandomSeed(0);
  for (uint32_t round = 0; round < 3000 && std::chrono::steady_clock::now() < deadline; ++round) {
    SCOPED_TRACE(round);
    Chance chance(seed + round);
    const SpoolDirectory directory;
    for (uint64_t number = 1; number <= 2; ++number) {
      const SegmentId id = {number, chance.Below(20), chance.Below(1'000'000'000)};
      std::string bytes =
          chance.Below(2) == 0 ? EncodeHeader({id}) : chance.Bytes(chance.Below(100));
      for (size_t part = chance.Below(8); part > 0; --part) {
        std::string body = chance.Bytes(chance.Below(300));
        if (chance.Below(4) == 0) body = MakeBatch(1, 3, Compression::kGzip).compressed;
        Frame frame;
        frame.kind = static_cast<FrameKind>(1 + chance.Below(3));
        frame.form = static_cast<PayloadForm>(1 + chance.Below(2));
        frame.documents = static_cast<uint32_t>(chance.Below(5));
        frame.documents_before = chance.Below(50);
        frame.list_bytes = static_cast<uint32_t>(chance.Below(body.size() + 3));
        frame.payload_bytes = static_cast<uint32_t>(body.size()) -
                              std::min(frame.list_bytes, static_cast<uint32_t>(body.size()));
        frame.text_bytes = static_cast<uint32_t>(
            chance.Below(2) == 0 ? chance.Below(1000) : chance.Below(uint64_t{1} << 32U));
        if (chance.Below(8) == 0) frame.payload_bytes = 0xFFFF'FFF0;
        frame.list_crc = Crc64(std::string_view(body).substr(0, frame.list_bytes));
        const size_t payload = std::min<size_t>(frame.list_bytes, body.size());
        frame.payload_crc = Crc64(std::string_view(body).substr(payload));
        bytes += EncodeFrame(frame, id.marker) + body;
        frame.kind = FrameKind::kTail;
        if (chance.Below(2) == 0) bytes += EncodeFrame(frame, id.marker) + std::string(8, '\0');
      }
      std::filesystem::create_directory(directory.path());
      WriteWhole(directory.path() + "/" + SegmentName(id), bytes);
    }
    for (int run = 0; run < 2; ++run) {
      const auto spool = directory.Open();
      while (const auto batch = Checked(spool->Next())) {
        if (batch->ticket % 2 == 0) spool->Settle(batch->ticket);
      }
      ASSERT_TRUE(Checked(spool->Append(MakeBatch(1, 2).Get())));
      const auto batch = Checked(spool->Next());
      ASSERT_TRUE(batch);
      ASSERT_EQ(batch->text, MakeBatch(1, 2).text);
      spool->Settle(batch->ticket);
    }
  }
}

}  // namespace
}  // namespace espcap::spool
