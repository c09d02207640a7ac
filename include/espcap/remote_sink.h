// SPDX-License-Identifier: GPL-2.0-or-later
//
// A sink whose destination can be away for a while. What it holds meanwhile can be taken back, to
// be kept elsewhere. One thread calls it.
#ifndef ESPCAP_REMOTE_SINK_H_
#define ESPCAP_REMOTE_SINK_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "espcap/sink.h"

namespace espcap {

class RemoteSink : public Sink {
 public:
  // Nothing can be sent at present.
  [[nodiscard]] virtual bool Away() const = 0;

  // Nothing more is sent. What is in flight is given up, and waits again: what becomes of its
  // documents isn't known.
  virtual void StopSending() = 0;

  // Documents of a batch that have no outcome. They are the caller's to settle from now on.
  struct Returned {
    Batch batch;
    std::shared_ptr<const std::string> text;  // what the batch borrows, where it isn't its maker's
    Delivery delivery = Delivery::kAcknowledged;  // of the batch's other documents
  };

  // Each batch of these slots of which nothing is in flight.
  using IsWanted = std::function<bool(uint32_t slot)>;
  [[nodiscard]] virtual std::vector<Returned> Reclaim(const IsWanted& is_wanted) = 0;
};

}  // namespace espcap

#endif  // ESPCAP_REMOTE_SINK_H_
