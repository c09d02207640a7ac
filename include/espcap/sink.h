// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where documents are delivered: it accepts batches. One thread calls it; nothing here waits.
#ifndef ESPCAP_SINK_H_
#define ESPCAP_SINK_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "espcap/batch.h"
#include "espcap/ledger.h"
#include "espcap/result.h"

namespace espcap {

// How a batch's documents fared; of one that fared differently, the worst. In this order.
enum class Delivery : uint8_t {
  kFailed,        // one is lost, or given up
  kDeadLettered,  // one was refused for good, and is kept as a dead letter
  kSpooled,       // one is kept on disk for later
  kAcknowledged   // the destination has them all
};

// A batch's outcome is known, and its text is needed no more.
struct DeliveryEvent {
  uint32_t slot = 0;
  Delivery delivery = Delivery::kFailed;
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // What became of batches since the last call: each that was taken comes once.
  [[nodiscard]] std::vector<DeliveryEvent> DrainEvents() { return std::exchange(events_, {}); }

  // False while it isn't known whether there is a destination at all: intake waits for that.
  [[nodiscard]] virtual bool MayBegin() const { return true; }

  // Whether Submit() can be called now. While it can't, nobody should offer: that is the
  // back-pressure.
  [[nodiscard]] virtual bool Ready() const = 0;

  // Takes the batch. Each of its documents is counted once in the ledger, here or later. An error
  // (here, or from Poll) means that the destination is gone and the run should end.
  // REQUIRES: Ready().
  [[nodiscard]] virtual Result<void> Submit(Batch batch, Ledger& ledger) = 0;

  // Lets work under way go on. To be called whenever the event loop has turned.
  [[nodiscard]] virtual Result<void> Poll(Ledger& ledger) = 0;

  // Everything that was submitted is settled.
  [[nodiscard]] virtual bool Idle() const = 0;

  // After a stop: whether what isn't settled may still be, in some time.
  [[nodiscard]] virtual bool WorthWaiting() const { return true; }

  // What isn't settled lies on disk, and nothing can be sent at present: a run can end without
  // losing it.
  [[nodiscard]] virtual bool RestIsSafe() const { return false; }

  // Documents lie on disk that the destination hasn't acknowledged; as of the last Poll().
  [[nodiscard]] bool HoldsSpooled() const { return holds_spooled_; }

  // Nothing is sent any more. What isn't settled by now, and what is submitted while it is Ready(),
  // is kept for the next run where the sink can do that; else it is counted as abandoned. Poll()
  // until Closed(). An error of those: the destination isn't whole.
  virtual void Close() = 0;
  [[nodiscard]] virtual bool Closed() const { return Idle(); }

  // There is no more time for that: what has no outcome yet is counted as abandoned.
  virtual void GiveUp(Ledger& ledger) = 0;

  // `done` is called in the event loop once what was delivered before outlives a power failure, or
  // with the reason why it may not.
  using SyncDone = std::function<void(Result<void>)>;
  virtual void Sync(SyncDone done) = 0;

 protected:
  void SetHoldsSpooled(bool holds) { holds_spooled_ = holds; }
  void Settle(uint32_t slot, Delivery delivery) { events_.push_back({slot, delivery}); }

 private:
  std::vector<DeliveryEvent> events_;
  bool holds_spooled_ = false;
};

}  // namespace espcap

#endif  // ESPCAP_SINK_H_
