// SPDX-License-Identifier: GPL-2.0-or-later
//
// Frames whose dissection has ended processes, and how: what a worker leaves alone, and what it
// says of it. Made by the supervisor; a plain value that goes to a worker with its job.
#ifndef ESPCAP_PROCESS_FRAME_FAULTS_H_
#define ESPCAP_PROCESS_FRAME_FAULTS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace espcap::process {

// How a process came to its end, as far as a frame can be blamed for it.
struct FrameFault {
  enum class Kind : uint8_t {
    kSignal,    // `value`: one that says that the process went wrong
    kExit,      // `value`: the status of an exit that nobody asked for
    kOverdue,   // ended by the supervisor, since its work didn't go on
    kKilled,    // by others, and not for the first time at this frame
    kProtocol,  // ended by the supervisor, since it broke the rules between processes
  };
  // What the next worker still does with the frame.
  enum class Use : uint8_t {
    kKeep,      // a file in the quarantine, and a document in its place
    kDocument,  // the document alone: the file has ended a process, too
    kNothing    // it counts as failed
  };

  uint32_t frame = 0;  // kFirst: the first one that isn't settled
  Kind kind = Kind::kSignal;
  Use use = Use::kKeep;
  int16_t value = 0;

  static constexpr uint32_t kFirst = 0;
};

// As the log, the document and the kept file say it: "its dissection …".
std::string DescribeFault(const FrameFault& fault);

class FrameFaults {
 public:
  static constexpr uint32_t kMax = 128;  // they go with each job

  [[nodiscard]] bool full() const { return count_ == kMax; }
  [[nodiscard]] bool empty() const { return count_ == 0; }

  // Null: there is nothing against the frame.
  [[nodiscard]] const FrameFault* Find(uint32_t frame) const {
    const FrameFault* place = Place(frame);
    return place != end() && place->frame == frame ? place : nullptr;
  }
  // A frame that is there already is used for less. REQUIRES: it isn't full.
  void Add(FrameFault fault) {
    auto* place = const_cast<FrameFault*>(Place(fault.frame));
    if (place != end() && place->frame == fault.frame) {
      fault.use = place->use == FrameFault::Use::kKeep ? FrameFault::Use::kDocument
                                                       : FrameFault::Use::kNothing;
      *place = fault;
      return;
    }
    std::copy_backward(place, faults_.data() + count_, faults_.data() + count_ + 1);
    *place = fault;
    ++count_;
  }
  void Remove(uint32_t frame) {
    auto* place = const_cast<FrameFault*>(Find(frame));
    if (place == nullptr) return;
    std::copy(place + 1, faults_.data() + count_, place);
    --count_;
  }
  // But for kFirst, which is behind them.
  void RemoveUpTo(uint32_t frame) {
    auto* end_of_list = faults_.data() + count_;
    count_ = static_cast<uint32_t>(std::remove_if(faults_.data(), end_of_list,
                                                  [frame](const FrameFault& fault) {
                                                    return fault.frame != FrameFault::kFirst &&
                                                           fault.frame <= frame;
                                                  }) -
                                   faults_.data());
  }
  void Clear() { count_ = 0; }

 private:
  [[nodiscard]] const FrameFault* end() const { return faults_.data() + count_; }
  [[nodiscard]] const FrameFault* Place(uint32_t frame) const {
    return std::lower_bound(
        faults_.data(), end(), frame,
        [](const FrameFault& fault, uint32_t number) { return fault.frame < number; });
  }

  std::array<FrameFault, kMax> faults_{};  // by frame
  uint32_t count_ = 0;
};

}  // namespace espcap::process

#endif  // ESPCAP_PROCESS_FRAME_FAULTS_H_
