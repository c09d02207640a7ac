// SPDX-License-Identifier: GPL-2.0-or-later
//
// Delivers documents to a topic, a message each, or sections of packets: the partition is that of
// their conversation. A batch is borrowed until each of its documents has an outcome, or it is
// taken back. What a broker can't take at present goes again, without end, and in its order. One
// thread; nothing waits.
#ifndef ESPCAP_KAFKA_TOPIC_SINK_H_
#define ESPCAP_KAFKA_TOPIC_SINK_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "espcap/delivery_stats.h"
#include "espcap/refusal.h"
#include "espcap/remote_sink.h"
#include "kafka/message_contents.h"
#include "kafka/pending_batches.h"
#include "kafka/producer.h"
#include "kafka/silence_watch.h"

namespace espcap::kafka {

class TopicSink : public RemoteSink {
 public:
  struct Options {
    std::string name;  // the topic's address
    std::string sensor;
    MessageForm form = MessageForm::kDocument;
    std::string mechanism;  // of SASL
    int32_t partitions = 1;
    size_t max_batches = 1;  // that are borrowed at a time
    std::string rest;        // what becomes of what a fatal error leaves
  };
  struct Hooks {
    // `kept`: how many of them, or why none.
    std::function<void(const Batch&, std::span<const Refusal>,
                       std::function<void(Result<size_t>)> kept)>
        keep_refused;
    std::function<void(SyncDone)> sync_refused;  // as Sync() below
    std::function<void(const std::string&)> warn;
    std::function<void(const std::string&)> report;  // errors
  };

  // The loop is borrowed, as `stats` is, which is kept up to date.
  TopicSink(base::EventLoop& loop, Options options, std::unique_ptr<Producer> producer, Hooks hooks,
            DeliveryStats& stats);

  [[nodiscard]] bool Ready() const override;
  [[nodiscard]] bool Idle() const override { return pending_.empty(); }
  Result<void> Submit(Batch batch, Ledger& ledger) override;
  Result<void> Poll(Ledger& ledger) override;
  void Close() override;
  // No broker can be reached, or none has answered for a while.
  [[nodiscard]] bool Away() const override { return is_down_; }
  void StopSending() override;
  // Takes back what librdkafka has, which comes with a later Poll().
  [[nodiscard]] std::vector<Returned> Reclaim(const IsWanted& is_wanted) override;
  void GiveUp(Ledger& ledger) override;
  void Sync(SyncDone done) override { hooks_.sync_refused(std::move(done)); }

 private:
  using Time = base::EventLoop::Time;

  struct Kept {  // what became of refused ones
    PendingBatch* batch = nullptr;
    size_t refused = 0;
    uint64_t packets = 0;  // of them
    Result<size_t> kept;
  };

  // What can be handed over now.
  void Enqueue();
  bool Enqueue(PendingDocument& document);
  void Handle(PendingDocument& document, rd_kafka_resp_err_t error);
  void Handle(const ErrorReport& error);
  void KeepRefused();
  void CountKept(Ledger& ledger);
  void CountSettled(PendingBatch& batch, size_t documents, uint64_t packets);
  void AbandonUnsent(Ledger& ledger);
  void Show();

  Options options_;
  std::unique_ptr<Producer> producer_;
  Hooks hooks_;
  DeliveryStats& stats_;
  base::EventLoop& loop_;
  base::EventLoop::Timer timer_;  // something is due by time alone
  PendingBatches pending_;
  Time again_at_{};  // not before, what was sent already
  size_t in_producer_ = 0;
  bool is_purging_ = false;  // nothing is sent until the producer has nothing
  SilenceWatch silence_;
  std::vector<Kept> kept_;
  uint64_t delivered_ = 0;    // in all
  uint64_t not_counted_ = 0;  // of them, in the ledger
  bool is_down_ = false;      // until a message is delivered
  bool closing_ = false;      // nothing is sent any more
  bool gives_up_ = false;     // nor kept
  bool is_fatal_ = false;
  std::string end_;  // why nothing can be delivered; empty: it can
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_TOPIC_SINK_H_
