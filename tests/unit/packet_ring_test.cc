// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/packet_ring.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "default_faults.h"

namespace espcap::process {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<PacketRing> NewRing() {
  auto ring = PacketRing::Create();
  EXPECT_TRUE(ring) << ring.error().message;
  return std::move(*ring);
}

bool Wait() { return true; }

void Put(PacketRing& ring, const std::string& text) {
  const std::span<char> room = ring.Claim(text.size(), Wait);
  std::copy(text.begin(), text.end(), room.begin());
  ring.Commit(text.size(), {});
}

// As the supervisor.
void Release(PacketRing& ring, uint64_t records) { ring.Release(ring.Peek(records).value()); }

// As its reader, and as the supervisor.
std::string PopText(PacketRing& ring) {
  EXPECT_EQ(ring.Wait(milliseconds(0)), PacketRing::State::kRecord);
  const std::span<const char> front = ring.Front();
  std::string text(front.begin(), front.end());
  ring.Pass();
  Release(ring, 1);
  return text;
}

TEST(PacketRing, GivesRecordsInOrder) {
  const auto ring = NewRing();
  EXPECT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kNothingYet);
  Put(*ring, "one");
  Put(*ring, "");
  Put(*ring, "three");
  ASSERT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kRecord);
  EXPECT_EQ(PopText(*ring), "one");
  EXPECT_EQ(PopText(*ring), "");
  EXPECT_EQ(PopText(*ring), "three");
  EXPECT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kNothingYet);
}

TEST(PacketRing, ARecordStaysUntilItIsReleased) {
  const auto ring = NewRing();
  Put(*ring, "released");
  Put(*ring, "kept");
  Release(*ring, 1);
  for (int reader = 0; reader < 3; ++reader) {
    ASSERT_TRUE(ring->BecomeReader());  // the next one, at the same place
    ASSERT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kRecord);
    EXPECT_EQ(std::string(ring->Front().begin(), ring->Front().end()), "kept");
    ring->Pass();
    EXPECT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kNothingYet);
  }
}

TEST(PacketRing, SaysWhatRecordsAreAndReleasesThemTogether) {
  const auto ring = NewRing();
  for (uint64_t number = 5; number < 9; ++number) {
    ring->Claim(10, Wait);
    ring->Commit(10, {number, {static_cast<uint8_t>(number)}});
  }
  EXPECT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kRecord);
  EXPECT_EQ(ring->FrontId().number, 5U);
  const auto records = ring->Peek(3);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->ids.size(), 3U);
  EXPECT_EQ(records->ids.at(2).number, 7U);
  EXPECT_EQ(records->ids.at(2).fingerprint.at(0), 7U);
  EXPECT_FALSE(ring->Peek(5)) << "there are four";
  Release(*ring, 3);
  EXPECT_EQ(ring->Peek(1)->ids.front().number, 8U);
}

// A reader hands a document over before it is done with the record.
TEST(PacketRing, ARecordCanBeReleasedAndOverwrittenBeforeItIsPassed) {
  const auto ring = NewRing();
  Put(*ring, "one");
  Put(*ring, "two");
  ASSERT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kRecord);
  Release(*ring, 1);
  const std::string large(ring->max_record_bytes() - 64, 'x');  // over its beginning
  Put(*ring, large);
  ring->Pass();
  EXPECT_EQ(PopText(*ring), "two");
  EXPECT_EQ(PopText(*ring), large);
}

// Runs `action` in a process; how it ended.
int StatusOf(const std::function<void()>& action) {
  const pid_t process = ::fork();
  if (process == 0) {
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

// Which page belongs to which process; mprotect(2) and another mapping don't help.
TEST(PacketRing, AReaderCanWriteNoRecord) {
  const auto ring = NewRing();
  Put(*ring, "one");
  const int status = StatusOf([&ring] {
    DieOfFaults();
    if (!ring->BecomeReader() || ring->Wait(milliseconds(0)) != PacketRing::State::kRecord) {
      ::_exit(2);
    }
    char* record = const_cast<char*>(ring->Front().data());
    auto* page = reinterpret_cast<char*>(reinterpret_cast<uintptr_t>(record) & ~uintptr_t{4095});
    if (::mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0) ::_exit(3);
    *record = 'x';
  });
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) << status;
}

TEST(PacketRing, NeitherReaderNorWriterReleases) {
  const auto ring = NewRing();
  Put(*ring, "one");
  for (const auto become : {&PacketRing::BecomeReader, &PacketRing::BecomeWriter}) {
    const int status = StatusOf([&ring, become] {
      DieOfFaults();
      if (!((*ring).*become)()) ::_exit(2);
      Release(*ring, 1);
    });
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV) << status;
  }
  EXPECT_TRUE(ring->Peek(1));
}

// A writer's numbers may be anything: here, a record that claims to be longer than all there is.
TEST(PacketRing, ARecordThatDoesntFitIsNone) {
  const auto ring = NewRing();
  ring->Claim(10, Wait);
  ring->Commit(1000, {});
  EXPECT_TRUE(ring->Peek(1));
  ring->Claim(10, Wait);
  ring->Commit(ring->max_record_bytes() + 1, {});
  EXPECT_FALSE(ring->Peek(2));
}

TEST(PacketRing, EndsAfterItsLastRecord) {
  const auto ring = NewRing();
  Put(*ring, "last");
  ring->Close();
  ASSERT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kRecord);
  PopText(*ring);
  EXPECT_EQ(ring->Wait(milliseconds(0)), PacketRing::State::kEnd);
}

TEST(PacketRing, TakesTheLargestRecordAgainAndAgain) {
  const auto ring = NewRing();
  for (char letter = 'a'; letter < 'g'; ++letter) {
    const std::string large(ring->max_record_bytes(), letter);
    Put(*ring, large);
    EXPECT_EQ(PopText(*ring), large);
    Put(*ring, "x");  // shifts the next one's place
    PopText(*ring);
  }
}

TEST(PacketRing, HasTheSizeThatIsAskedFor) {
  constexpr size_t kBytes = (size_t{40} << 20U) + 1;
  auto ring = PacketRing::Create(kBytes);
  ASSERT_TRUE(ring) << ring.error().message;
  const std::string part(size_t{10} << 20U, 'p');
  for (int times = 0; times < 4 - 1; ++times) Put(**ring, part);
  const std::string rest(kBytes - 3 * (part.size() + 32) - 32, 'r');
  EXPECT_FALSE((*ring)->Claim(rest.size(), [] { return false; }).empty());
  Put(**ring, rest);
  EXPECT_TRUE((*ring)->Claim(part.size(), [] { return false; }).empty());
  for (int times = 0; times < 4 - 1; ++times) EXPECT_EQ(PopText(**ring), part);
  EXPECT_EQ(PopText(**ring), rest);
}

TEST(PacketRing, AFullRingMakesTheWriterWait) {
  const auto ring = NewRing();
  const std::string half(ring->max_record_bytes() / 2, 'h');
  Put(*ring, half);
  Put(*ring, half);
  int looks = 0;
  EXPECT_TRUE(ring->Claim(half.size(), [&looks] { return ++looks < 3; }).empty());
  EXPECT_EQ(looks, 3);
  PopText(*ring);
  EXPECT_FALSE(ring->Claim(half.size(), Wait).empty());
}

// Between two processes, through many turns of the ring; each record says what it must be.
TEST(PacketRing, KeepsEveryRecordBetweenProcesses) {
  constexpr uint32_t kRecords = 300'000;
  const auto ring = NewRing();
  const auto size_of = [](uint32_t number) { return 4 + number * 7919 % 2000; };
  const pid_t writer = ::fork();
  if (writer == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (uint32_t number = 0; number < kRecords; ++number) {
      std::string record(size_of(number), static_cast<char>(number));
      std::memcpy(record.data(), &number, sizeof(number));
      Put(*ring, record);
    }
    ring->Close();
    ::_exit(0);
  }
  uint32_t expected = 0;
  for (;;) {
    const auto state = ring->Wait(milliseconds(1000));
    if (state == PacketRing::State::kEnd) break;
    ASSERT_EQ(state, PacketRing::State::kRecord);
    const std::string record = PopText(*ring);
    uint32_t number = 0;
    ASSERT_GE(record.size(), sizeof(number));
    std::memcpy(&number, record.data(), sizeof(number));
    ASSERT_EQ(number, expected);
    ASSERT_EQ(record.size(), size_of(number));
    ASSERT_TRUE(record.size() == 4 || record.back() == static_cast<char>(number));
    ++expected;
  }
  EXPECT_EQ(expected, kRecords);
  int status = 0;
  ::waitpid(writer, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(PacketRing, AWaitingReaderIsWoken) {
  const auto ring = NewRing();
  std::thread writer([&ring] {
    std::this_thread::sleep_for(milliseconds(50));
    Put(*ring, "now");
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ring->Wait(milliseconds(20'000)), PacketRing::State::kRecord);
  EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(10'000));
  writer.join();
}

TEST(PacketRing, TellsTheFactsBetweenTwoPlacesOfItsLog) {
  const auto ring = NewRing();
  const auto add = [&ring](const std::string& fact) { return ring->AppendMetadata(fact); };
  ASSERT_TRUE(add("first"));
  const size_t place = ring->log_bytes();
  ASSERT_TRUE(add(""));
  ASSERT_TRUE(add("third"));
  std::vector<std::string> facts;
  ring->Metadata(place, ring->log_bytes(), [&facts](std::span<const char> fact) {
    facts.emplace_back(fact.begin(), fact.end());
  });
  EXPECT_EQ(facts, (std::vector<std::string>{"", "third"}));
}

TEST(PacketRing, AFullLogTakesNoMore) {
  const auto ring = NewRing();
  const std::string fact(PacketRing::kLogBytes / 4, 'f');
  int taken = 0;
  while (ring->AppendMetadata(fact)) ++taken;
  EXPECT_EQ(taken, 3);
  EXPECT_TRUE(ring->AppendMetadata(std::string("small")));
}

}  // namespace
}  // namespace espcap::process
