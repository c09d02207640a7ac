// SPDX-License-Identifier: GPL-2.0-or-later
//
// A sink whose destination can be away for a while. What it holds meanwhile can be taken back, to
// be kept elsewhere. One thread calls it.
#ifndef ESPCAP_REMOTE_SINK_H_
#define ESPCAP_REMOTE_SINK_H_

#include <functional>

#include "espcap/sink.h"

namespace espcap {

class RemoteSink : public Sink {
 public:
  // Nothing can be sent at present.
  [[nodiscard]] virtual bool Away() const = 0;

  // What is in flight is given up: what becomes of its documents isn't known. It waits again.
  virtual void GiveUpRequests() = 0;

  // Offers each batch of which nothing is in flight, without the documents that are settled. One
  // that is kept is settled here.
  using Keep = std::function<bool(const Batch& batch)>;
  virtual void TakeBack(const Keep& keep) = 0;
};

}  // namespace espcap

#endif  // ESPCAP_REMOTE_SINK_H_
