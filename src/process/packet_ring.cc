// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/packet_ring.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/event_fd.h"
#include "process/shared_file.h"

namespace espcap::process {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr size_t kHeaderBytes = 4096;
constexpr size_t kPageBytes = 4096;  // of the supervisor's and the reader's
constexpr size_t kFixedBytes = kHeaderBytes + PacketRing::kLogBytes;
constexpr size_t kAlignment = 8;
constexpr milliseconds kLookAgain{100};  // at what else ends a wait
constexpr int kWriting = PROT_READ | PROT_WRITE;

size_t Aligned(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

size_t WholePages(size_t bytes) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

// Each fact is preceded by its length.
size_t WithLength(size_t bytes) { return Aligned(sizeof(uint64_t) + bytes); }

uint64_t LengthAt(const char* place) {
  uint64_t length = 0;
  std::memcpy(&length, place, sizeof(length));
  return length;
}

auto Failed() {
  return Fail("share memory for packets: {}", std::generic_category().message(errno));
}

template <class Page>
Result<void> MapPage(const base::FileDescriptor& file, int protection, Page*& page) {
  auto memory = MapShared(file.get(), kPageBytes, protection);
  if (!memory) return Forward(std::move(memory));
  if (page != nullptr) ::munmap(page, kPageBytes);
  page = reinterpret_cast<Page*>(*memory);
  return {};
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
  std::unique_ptr<PacketRing> ring(new PacketRing());
  ring->records_bytes_ = WholePages(std::max(records_bytes, kMinRecordsBytes));
  ring->record_eventfd_ = base::MakeEventFd();
  ring->room_eventfd_ = base::MakeEventFd();
  if (!ring->record_eventfd_.valid() || !ring->room_eventfd_.valid()) return Failed();
  const std::array<std::pair<base::FileDescriptor*, size_t>, 3> files = {
      std::pair(&ring->memory_file_, kFixedBytes + ring->records_bytes_),
      std::pair(&ring->supervised_file_, kPageBytes), std::pair(&ring->read_file_, kPageBytes)};
  for (const auto& [file, bytes] : files) {
    auto made = MakeSharedFile("espcap-packets", bytes);
    if (!made) return Forward(std::move(made));
    *file = std::move(*made);
  }
  auto mapped = ring->MapRecords(kWriting);
  if (mapped) mapped = MapPage(ring->supervised_file_, kWriting, ring->supervised_);
  if (mapped) mapped = MapPage(ring->read_file_, kWriting, ring->read_);
  for (const auto& [file, bytes] : files) {
    if (mapped) mapped = ForbidNewWriters(*file);
  }
  if (!mapped) return Forward(std::move(mapped));
  return ring;
}

Result<void> PacketRing::MapRecords(int protection) {
  const int file = memory_file_.get();
  auto fixed = MapShared(file, kFixedBytes, protection);
  if (!fixed) return Forward(std::move(fixed));
  memory_ = *fixed;
  const size_t size = records_bytes_;
  void* records =
      ::mmap(nullptr, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (records == MAP_FAILED) return Failed();
  records_ = static_cast<char*>(records);
  for (const size_t half : {size_t{0}, size}) {
    if (::mmap(records_ + half, size, protection, MAP_SHARED | MAP_FIXED, file, kFixedBytes) ==
        MAP_FAILED) {
      return Failed();
    }
  }
  return {};
}

void PacketRing::UnmapRecords() {
  if (memory_ != nullptr) ::munmap(std::exchange(memory_, nullptr), kFixedBytes);
  if (records_ != nullptr) ::munmap(std::exchange(records_, nullptr), 2 * records_bytes_);
}

PacketRing::~PacketRing() {
  UnmapRecords();
  if (supervised_ != nullptr) ::munmap(supervised_, kPageBytes);
  if (read_ != nullptr) ::munmap(read_, kPageBytes);
}

Result<void> PacketRing::BecomeWriter() {
  if (auto mapped = MapPage(supervised_file_, PROT_READ, supervised_); !mapped) return mapped;
  return MapPage(read_file_, PROT_READ, read_);
}

Result<void> PacketRing::BecomeReader() {
  UnmapRecords();
  auto mapped = MapRecords(PROT_READ);
  if (mapped) mapped = MapPage(supervised_file_, PROT_READ, supervised_);
  if (mapped) place_ = supervised_->tail.load(std::memory_order_acquire);
  return mapped;
}

size_t PacketRing::WithHeader(size_t bytes) { return Aligned(sizeof(RecordHeader) + bytes); }

char* PacketRing::log() const { return memory_ + kHeaderBytes; }

char* PacketRing::RecordAt(uint64_t place) const { return records_ + place % records_bytes_; }

PacketRing::RecordHeader PacketRing::HeaderAt(uint64_t place) const {
  RecordHeader header;
  std::memcpy(&header, RecordAt(place), sizeof(header));
  return header;
}

std::span<char> PacketRing::Claim(size_t bytes, const std::function<bool()>& may_wait) {
  const uint64_t head = written().head.load(std::memory_order_relaxed);
  const auto has_room = [&] {
    return head + WithHeader(bytes) - supervised_->tail.load(std::memory_order_seq_cst) <=
           records_bytes_;
  };
  while (!has_room()) {
    if (!may_wait()) return {};
    written().writer_waits.store(1);
    if (!has_room()) Await(room_eventfd_.get(), kLookAgain);
    written().writer_waits.store(0);
  }
  return {RecordAt(head) + sizeof(RecordHeader), bytes};
}

void PacketRing::Commit(size_t bytes, const RecordId& id) {
  const uint64_t head = written().head.load(std::memory_order_relaxed);
  const RecordHeader header{bytes, id};
  std::memcpy(RecordAt(head), &header, sizeof(header));
  // In one order with the reader's store and load around its wait: one of the two sees the other's.
  written().head.store(head + WithHeader(bytes), std::memory_order_seq_cst);
  if (read_->reader_waits.load(std::memory_order_seq_cst) != 0) {
    base::SignalEventFd(record_eventfd_.get());
  }
}

bool PacketRing::AppendMetadata(std::span<const char> fact) {
  const uint64_t end = written().log_bytes.load(std::memory_order_relaxed);
  if (end + WithLength(fact.size()) > kLogBytes) return false;
  const uint64_t length = fact.size();
  std::memcpy(log() + end, &length, sizeof(length));
  std::memcpy(log() + end + sizeof(length), fact.data(), fact.size());
  written().log_bytes.store(end + WithLength(fact.size()), std::memory_order_release);
  return true;
}

PacketRing::State PacketRing::Wait(milliseconds timeout) {
  const auto state = [this] {
    // Closed first: a record committed before the ring was closed is seen then.
    const bool closed = supervised_->closed.load(std::memory_order_seq_cst) != 0;
    if (written().head.load(std::memory_order_seq_cst) != place_) return State::kRecord;
    return closed ? State::kEnd : State::kNothingYet;
  };
  const auto deadline = Clock::now() + timeout;
  for (State now = state();; now = state()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
    if (now == State::kRecord) {
      front_ = HeaderAt(place_);
      front_.bytes = std::min<uint64_t>(front_.bytes, max_record_bytes());
    }
    if (now != State::kNothingYet || left <= milliseconds::zero()) return now;
    read_->reader_waits.store(1, std::memory_order_seq_cst);
    // It may still be readable for a record that was read before: then it is awaited again.
    if (state() == State::kNothingYet) Await(record_eventfd_.get(), left);
    read_->reader_waits.store(0, std::memory_order_relaxed);
  }
}

std::span<const char> PacketRing::Front() const {
  return {RecordAt(place_) + sizeof(RecordHeader), front_.bytes};
}

// What the writer says may be anything.
std::optional<PacketRing::Records> PacketRing::Peek(uint64_t records) const {
  const uint64_t head = written().head.load(std::memory_order_acquire);
  Records peeked{{}, supervised_->tail.load(std::memory_order_relaxed)};
  for (; records > 0; --records) {
    if (head == peeked.end || head - peeked.end > records_bytes_) return std::nullopt;
    const RecordHeader header = HeaderAt(peeked.end);
    if (header.bytes > max_record_bytes() || WithHeader(header.bytes) > head - peeked.end) {
      return std::nullopt;
    }
    peeked.ids.push_back(header.id);
    peeked.end += WithHeader(header.bytes);
  }
  return peeked;
}

void PacketRing::Release(const Records& records) {
  supervised_->tail.store(records.end, std::memory_order_seq_cst);
  // A writer that waits is woken for more than one record.
  if (written().writer_waits.load(std::memory_order_seq_cst) != 0 &&
      written().head.load(std::memory_order_relaxed) - records.end <= records_bytes_ / 2) {
    base::SignalEventFd(room_eventfd_.get());
  }
}

void PacketRing::Close() {
  supervised_->closed.store(1);
  base::SignalEventFd(record_eventfd_.get());
}

void PacketRing::Metadata(size_t from, size_t to,
                          const std::function<void(std::span<const char> fact)>& take) const {
  const auto end = std::min<uint64_t>({to, written().log_bytes.load(), kLogBytes});
  while (from + sizeof(uint64_t) <= end) {
    const uint64_t length = LengthAt(log() + from);
    if (length > end - from - sizeof(uint64_t)) return;
    take({log() + from + sizeof(uint64_t), length});
    from += WithLength(length);
  }
}

}  // namespace espcap::process
