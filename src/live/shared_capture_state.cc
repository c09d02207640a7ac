// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/shared_capture_state.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace espcap::live {
namespace {

void Add(std::atomic<uint64_t>& counter, uint64_t count) {
  counter.fetch_add(count, std::memory_order_relaxed);
}

uint64_t Load(const std::atomic<uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

// libwireshark's are of 32 bits, and begin at 1.
constexpr uint64_t kFrameNumbers = UINT32_MAX;

}  // namespace

Result<std::unique_ptr<SharedCaptureState>> SharedCaptureState::Create(const RunLimits& limits) {
  const auto failed = [](int error) {
    return Fail("share memory between capture processes: {}",
                std::generic_category().message(error));
  };
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return failed(errno);
  auto* shared = static_cast<Shared*>(memory);  // zeroes are its beginning
  std::unique_ptr<SharedCaptureState> shared_state(new SharedCaptureState(limits, shared));
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  const int error = pthread_mutex_init(&shared->lock, &attributes);
  pthread_mutexattr_destroy(&attributes);
  if (error != 0) return failed(error);
  return shared_state;
}

SharedCaptureState::~SharedCaptureState() { ::munmap(shared_, sizeof(Shared)); }

SharedCaptureState::NumberingLock::NumberingLock(SharedCaptureState& shared_state)
    : shared_state_(shared_state) {
  if (pthread_mutex_lock(&shared_state_.shared_->lock) == EOWNERDEAD) {
    pthread_mutex_consistent(&shared_state_.shared_->lock);
  }
}

SharedCaptureState::NumberingLock::~NumberingLock() {
  pthread_mutex_unlock(&shared_state_.shared_->lock);
}

bool SharedCaptureState::NumberingLock::IsOver() const { return shared_state_.IsOver(); }

SharedCaptureState::Place SharedCaptureState::NumberingLock::NextPlace(const nstime_t& time,
                                                                       uint64_t bytes) {
  Shared& shared = *shared_state_.shared_;
  const uint64_t before = shared.numbered++;
  if (before == 0) shared.first_time = time;
  shared.bytes += bytes;
  const RunLimits& limits = shared_state_.limits_;
  if ((limits.packets != 0 && shared.numbered >= limits.packets) ||
      (limits.bytes != 0 && shared.bytes >= limits.bytes)) {
    shared.over.store(1, std::memory_order_relaxed);
  }
  const Place place{before + 1, static_cast<uint32_t>(before % kFrameNumbers + 1),
                    shared.first_time, shared.previous_time};
  shared.previous_time = time;
  return place;
}

void SharedCaptureState::CountReceived(uint32_t interface, uint64_t bytes) const {
  Add(shared_->interfaces.at(interface).received, 1);
  Add(shared_->interfaces.at(interface).bytes, bytes);
}

void SharedCaptureState::CountRingDrop(uint32_t interface, uint32_t ring, uint64_t bytes) const {
  CountReceived(interface, bytes);
  Add(shared_->interfaces.at(interface).ring_dropped, 1);
  Add(shared_->ring_drops.at(ring), 1);
}

void SharedCaptureState::CountDuplicate(uint32_t interface, uint64_t bytes) const {
  CountReceived(interface, bytes);
  Add(shared_->interfaces.at(interface).duplicates, 1);
}

void SharedCaptureState::AddKernelDrops(uint32_t interface, uint64_t kernel,
                                        uint64_t device) const {
  Add(shared_->interfaces.at(interface).kernel_dropped, kernel);
  Add(shared_->interfaces.at(interface).interface_dropped, device);
}

InterfaceCounts SharedCaptureState::CountsOf(uint32_t interface) const {
  const Interface& counts = shared_->interfaces.at(interface);
  return {Load(counts.received),          Load(counts.bytes),
          Load(counts.ring_dropped),      Load(counts.kernel_dropped),
          Load(counts.interface_dropped), Load(counts.duplicates)};
}

InterfaceCounts SharedCaptureState::Total() const {
  InterfaceCounts total;
  for (uint32_t interface = 0; interface < kMaxInterfaces; ++interface) {
    const InterfaceCounts counts = CountsOf(interface);
    total.received += counts.received;
    total.bytes += counts.bytes;
    total.ring_dropped += counts.ring_dropped;
    total.kernel_dropped += counts.kernel_dropped;
    total.interface_dropped += counts.interface_dropped;
    total.duplicates += counts.duplicates;
  }
  return total;
}

uint64_t SharedCaptureState::RingDrops(uint32_t ring) const {
  return Load(shared_->ring_drops.at(ring));
}

bool SharedCaptureState::IsOver() const {
  return shared_->over.load(std::memory_order_relaxed) != 0;
}

void SharedCaptureState::StartAfter(uint64_t packets) const { shared_->numbered = packets; }

}  // namespace espcap::live
