// SPDX-License-Identifier: GPL-2.0-or-later
//
// The end of the road: something that takes batches. One thread calls it.
#ifndef ESPCAP_SINK_H_
#define ESPCAP_SINK_H_

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/result.h"

namespace espcap {

class Sink {
 public:
  // Told once for every batch taken, when its outcome is known and its text is needed no more.
  // `delivered`: every document of it is at the destination.
  using Settled = std::function<void(uint32_t slot, bool delivered)>;

  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  void OnSettled(Settled settled) { settled_ = std::move(settled); }

  // Whether Submit() can be called now. While it can't, nobody should offer: that is the
  // back-pressure.
  [[nodiscard]] virtual bool Ready() const = 0;

  // Takes the batch. Each of its documents is counted once in the ledger, here or later. An error
  // (here, or from Poll) means that the destination is gone and the run should end.
  // REQUIRES: Ready().
  [[nodiscard]] virtual Result<void> Submit(Batch batch, Ledger& ledger) = 0;

  // Lets work under way go on, without waiting for it.
  [[nodiscard]] virtual Result<void> Poll(Ledger& ledger) = 0;

  // Everything that was submitted is settled.
  [[nodiscard]] virtual bool Idle() const = 0;

  // After a stop, how long it is worth waiting for what isn't settled.
  [[nodiscard]] virtual std::chrono::milliseconds GraceAfterStop() const { return {}; }

  // Nothing more follows. What isn't settled by now is kept for the next run where the sink can do
  // that, or counted as abandoned. An error: the destination isn't whole.
  [[nodiscard]] virtual Result<void> Close(Ledger& ledger) = 0;

  // Makes sure that what was delivered outlives a power failure.
  [[nodiscard]] virtual Result<void> Sync() { return {}; }

  // Waits until one of `others` is ready (revents say which), there is something for Poll() to do,
  // or the time is up.
  virtual void Wait(std::span<pollfd> others, std::chrono::milliseconds timeout) = 0;

 protected:
  void Settle(uint32_t slot, bool delivered) const {
    if (settled_) settled_(slot, delivered);
  }

 private:
  Settled settled_;
};

}  // namespace espcap

#endif  // ESPCAP_SINK_H_
