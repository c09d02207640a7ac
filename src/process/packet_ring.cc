// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/packet_ring.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/event_fd.h"

namespace espcap::process {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr size_t kHeaderBytes = 4096;
constexpr size_t kAlignment = 8;
constexpr milliseconds kLookAgain{100};  // at what else ends a wait

size_t Aligned(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

size_t WholePages(size_t bytes) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

// Each record and each fact is preceded by its length.
size_t WithLength(size_t bytes) { return Aligned(sizeof(uint64_t) + bytes); }

uint64_t LengthAt(const char* place) {
  uint64_t length = 0;
  std::memcpy(&length, place, sizeof(length));
  return length;
}

// Until it is signalled, the time is up, or a signal comes.
void Await(int descriptor, milliseconds timeout) {
  pollfd wait{descriptor, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(timeout.count())) > 0) {
    base::ClearEventFd(descriptor);
  }
}

}  // namespace

Result<std::unique_ptr<PacketRing>> PacketRing::Create(size_t records_bytes) {
  const auto failed = [] {
    return Fail("share memory for packets: {}", std::generic_category().message(errno));
  };
  std::unique_ptr<PacketRing> ring(new PacketRing());
  ring->records_bytes_ = WholePages(std::max(records_bytes, kMinRecordsBytes));
  const size_t size = ring->records_bytes_;
  constexpr size_t kFixedBytes = kHeaderBytes + kLogBytes;
  ring->memory_file_ = base::FileDescriptor(::memfd_create("espcap-packets", MFD_CLOEXEC));
  ring->record_eventfd_ = base::MakeEventFd();
  ring->room_eventfd_ = base::MakeEventFd();
  const int file = ring->memory_file_.get();
  if (file < 0 || !ring->record_eventfd_.valid() || !ring->room_eventfd_.valid()) return failed();
  if (::ftruncate(file, static_cast<off_t>(kFixedBytes + size)) != 0) return failed();
  constexpr int kAccess = PROT_READ | PROT_WRITE;
  void* fixed = ::mmap(nullptr, kFixedBytes, kAccess, MAP_SHARED | MAP_NORESERVE, file, 0);
  if (fixed == MAP_FAILED) return failed();
  ring->memory_ = static_cast<char*>(fixed);
  void* records =
      ::mmap(nullptr, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (records == MAP_FAILED) return failed();
  ring->records_ = static_cast<char*>(records);
  for (const size_t half : {size_t{0}, size}) {
    if (::mmap(ring->records_ + half, size, kAccess, MAP_SHARED | MAP_FIXED, file, kFixedBytes) ==
        MAP_FAILED) {
      return failed();
    }
  }
  return ring;
}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) ::munmap(memory_, kHeaderBytes + kLogBytes);
  if (records_ != nullptr) ::munmap(records_, 2 * records_bytes_);
}

char* PacketRing::log() const { return memory_ + kHeaderBytes; }

char* PacketRing::RecordAt(uint64_t place) const { return records_ + place % records_bytes_; }

std::span<char> PacketRing::Claim(size_t bytes, const std::function<bool()>& may_wait) {
  Header& shared = header();
  const uint64_t head = shared.head.load(std::memory_order_relaxed);
  const auto has_room = [&] {
    return head + WithLength(bytes) - shared.tail.load(std::memory_order_acquire) <= records_bytes_;
  };
  while (!has_room()) {
    if (!may_wait()) return {};
    shared.writer_waits.store(true);
    if (!has_room()) Await(room_eventfd_.get(), kLookAgain);
    shared.writer_waits.store(false);
  }
  return {RecordAt(head) + sizeof(uint64_t), bytes};
}

void PacketRing::Commit(size_t bytes) {
  Header& shared = header();
  const uint64_t head = shared.head.load(std::memory_order_relaxed);
  const uint64_t length = bytes;
  std::memcpy(RecordAt(head), &length, sizeof(length));
  // In one order with the reader's store and load around its wait: one of the two sees the other's.
  shared.head.store(head + WithLength(bytes), std::memory_order_seq_cst);
  if (shared.reader_waits.load(std::memory_order_seq_cst)) {
    base::SignalEventFd(record_eventfd_.get());
  }
}

bool PacketRing::AppendMetadata(std::span<const char> fact) {
  Header& shared = header();
  const uint64_t end = shared.log_bytes.load(std::memory_order_relaxed);
  if (end + WithLength(fact.size()) > kLogBytes) return false;
  const uint64_t length = fact.size();
  std::memcpy(log() + end, &length, sizeof(length));
  std::memcpy(log() + end + sizeof(length), fact.data(), fact.size());
  shared.log_bytes.store(end + WithLength(fact.size()), std::memory_order_release);
  return true;
}

void PacketRing::Close() {
  header().closed.store(true);
  base::SignalEventFd(record_eventfd_.get());
}

PacketRing::State PacketRing::Wait(milliseconds timeout) {
  Header& shared = header();
  const auto state = [&] {
    // Closed first: a record committed before the ring was closed is seen then.
    const bool closed = shared.closed.load(std::memory_order_seq_cst);
    if (shared.head.load(std::memory_order_seq_cst) != shared.tail.load()) return State::kRecord;
    return closed ? State::kEnd : State::kNothingYet;
  };
  const auto deadline = Clock::now() + timeout;
  for (State now = state();; now = state()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (now != State::kNothingYet || left <= milliseconds::zero()) return now;
    shared.reader_waits.store(true, std::memory_order_seq_cst);
    // It may still be readable for a record that was taken before: then it is awaited again.
    if (state() == State::kNothingYet) Await(record_eventfd_.get(), left);
    shared.reader_waits.store(false, std::memory_order_relaxed);
  }
}

std::span<const char> PacketRing::Front() const {
  const Header& shared = header();
  const uint64_t tail = shared.tail.load(std::memory_order_relaxed);
  const char* record = RecordAt(tail);
  return {record + sizeof(uint64_t), std::min<uint64_t>(LengthAt(record), max_record_bytes())};
}

void PacketRing::Release() {
  Header& shared = header();
  const uint64_t tail = shared.tail.load(std::memory_order_relaxed) + WithLength(Front().size());
  shared.tail.store(tail, std::memory_order_seq_cst);
  // A writer that waits is woken for more than one record.
  if (shared.writer_waits.load(std::memory_order_seq_cst) &&
      shared.head.load(std::memory_order_relaxed) - tail <= records_bytes_ / 2) {
    base::SignalEventFd(room_eventfd_.get());
  }
}

void PacketRing::Metadata(size_t from, size_t to,
                          const std::function<void(std::span<const char> fact)>& take) const {
  const auto end = std::min<uint64_t>({to, header().log_bytes.load(), kLogBytes});
  while (from + sizeof(uint64_t) <= end) {
    const uint64_t length = LengthAt(log() + from);
    if (length > end - from - sizeof(uint64_t)) return;
    take({log() + from + sizeof(uint64_t), length});
    from += WithLength(length);
  }
}

void PacketRing::SaveCheckpoint(std::span<const char> note) {
  Header& shared = header();
  const uint32_t next = 1 - (shared.current_checkpoint.load(std::memory_order_relaxed) & 1U);
  std::memcpy(shared.checkpoints[next], note.data(), std::min(note.size(), kCheckpointBytes));
  shared.current_checkpoint.store(next, std::memory_order_release);
}

std::span<const char> PacketRing::Checkpoint() const {
  const Header& shared = header();
  return shared.checkpoints[shared.current_checkpoint.load(std::memory_order_acquire) & 1U];
}

}  // namespace espcap::process
