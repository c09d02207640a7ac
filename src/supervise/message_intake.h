// SPDX-License-Identifier: GPL-2.0-or-later
//
// A topic's partitions as captures: each is dissected by a worker of its own, which gets its
// messages one after another. One thread.
#ifndef ESPCAP_SUPERVISE_MESSAGE_INTAKE_H_
#define ESPCAP_SUPERVISE_MESSAGE_INTAKE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "espcap/ledger.h"
#include "espcap/message_feed.h"
#include "espcap/result.h"
#include "supervise/capture_queue.h"
#include "supervise/message_stream.h"
#include "supervise/worker_pool.h"
#include "telemetry/log.h"

namespace espcap::supervise {

class MessageIntake {
 public:
  // All is borrowed; `feed` may be null: nothing comes from a topic.
  MessageIntake(MessageFeed* feed, CaptureQueue& captures, WorkerPool& workers, Ledger& ledger,
                telemetry::Log& log)
      : feed_(feed), captures_(captures), workers_(workers), ledger_(ledger), log_(log) {}

  // Partitions that have come or gone, and messages for workers that wait for one.
  void Serve();
  // The worker has read what it had. An error: it can't have.
  Result<void> Handle(const MessageWanted& event);
  // What a sensor has lost, by a message of it.
  void Handle(const LossSeen& event);
  void Handle(const SessionEnded& event);
  // No further message is taken.
  void Close();

  // Nothing more comes.
  [[nodiscard]] bool IsOver() const { return feed_ == nullptr || is_closed_ || feed_->AtEnd(); }
  // An error: why nothing more can come.
  [[nodiscard]] Result<void> Check() const {
    return feed_ == nullptr || is_closed_ ? Result<void>() : feed_->Check();
  }

 private:
  void Begin(const MessageFeed::Change& change);
  void ShareMemory();
  void Grant(Worker& worker);
  [[nodiscard]] bool Send(const Worker& worker, const MessageStream::Given& given) const;
  void Read(const std::shared_ptr<MessageStream>& stream, const std::string& capture,
            const MessageStream::Fault& fault, const std::string& reason);
  void CloseFailed();

  MessageFeed* feed_;
  CaptureQueue& captures_;
  WorkerPool& workers_;
  Ledger& ledger_;
  telemetry::Log& log_;
  uint64_t session_memory_ = 0;  // that sessions know of
  bool is_closed_ = false;
};

}  // namespace espcap::supervise

#endif  // ESPCAP_SUPERVISE_MESSAGE_INTAKE_H_
