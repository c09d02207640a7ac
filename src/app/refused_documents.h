// SPDX-License-Identifier: GPL-2.0-or-later
//
// Documents that a destination refuses for good: kept as dead letters, in a file that a thread
// writes to.
#ifndef ESPCAP_APP_REFUSED_DOCUMENTS_H_
#define ESPCAP_APP_REFUSED_DOCUMENTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/destination.h"
#include "cli/settings.h"
#include "espcap/batch.h"
#include "espcap/refusal.h"
#include "espcap/result.h"
#include "espcap/sink.h"
#include "sink/dead_letters.h"

namespace espcap::app {

// The file of dead letters, which has a name of its own where nobody gave it one.
std::string DeadLettersPath(const cli::CaptureSettings& settings);

class RefusedDocuments {
 public:
  // What `run` refers to is borrowed. A place that nobody asked for may turn out to be none: that
  // is a warning.
  static Result<RefusedDocuments> Open(const cli::CaptureSettings& settings, const Run& run);

  // `kept`: how many of them, or why none.
  void Keep(const Batch& batch, std::span<const Refusal> refusals,
            std::function<void(Result<size_t>)> kept) const;
  void Sync(Sink::SyncDone done) const;

 private:
  using DeadLetters = std::shared_ptr<Result<sink::DeadLetters>>;

  RefusedDocuments(DeadLetters dead_letters, base::WriteThread& writes)
      : dead_letters_(std::move(dead_letters)), writes_(&writes) {}

  DeadLetters dead_letters_;  // with the thread
  base::WriteThread* writes_;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_REFUSED_DOCUMENTS_H_
