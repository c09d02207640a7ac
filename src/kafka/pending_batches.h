// SPDX-License-Identifier: GPL-2.0-or-later
//
// The batches that a topic's sink has, oldest first, and where each of their documents is: here,
// with the producer, or settled. Bookkeeping alone, nothing is sent. One thread.
#ifndef ESPCAP_KAFKA_PENDING_BATCHES_H_
#define ESPCAP_KAFKA_PENDING_BATCHES_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <vector>

#include "espcap/batch.h"
#include "espcap/refusal.h"
#include "espcap/remote_sink.h"

namespace espcap::kafka {

struct PendingBatch;

struct PendingDocument {  // a message's opaque; its address stays
  PendingBatch* batch = nullptr;
  uint32_t position = 0;
  bool is_here = true;  // to be sent

  [[nodiscard]] uint64_t packets() const;
};

struct PendingBatch {
  uint64_t number = 0;  // in the order they came
  Batch batch;
  std::vector<PendingDocument> documents;
  size_t next = 0;  // the first that was never sent
  size_t sent = 0;  // with the producer
  size_t unsettled = 0;
  uint64_t unsettled_packets = 0;
  Delivery delivery = Delivery::kAcknowledged;
  std::vector<Refusal> refused;  // not on their way to the dead letters yet
  size_t refusals = 0;           // all that have no outcome
  std::list<PendingBatch>::iterator place;
};

class PendingBatches {
 public:
  [[nodiscard]] bool empty() const { return batches_.empty(); }
  [[nodiscard]] size_t size() const { return batches_.size(); }
  [[nodiscard]] std::list<PendingBatch>& all() { return batches_; }
  [[nodiscard]] const std::list<PendingBatch>& all() const { return batches_; }

  void Add(Batch batch);

  // What is to be sent next, the oldest first; null: nothing is.
  [[nodiscard]] PendingDocument* Next();
  // It is sent, or needs to be no more.
  void Take(PendingDocument& document);
  // The producer doesn't have it any more: it is to be sent again.
  void PutBack(PendingDocument& document);
  // Some were sent before.
  [[nodiscard]] bool AnyAgain() const { return !again_.empty(); }

  // That number of documents of the batch have an outcome. Of the last ones, that of the batch,
  // which is gone then.
  std::optional<DeliveryEvent> Settle(PendingBatch& batch, size_t documents, uint64_t packets);

  // Whether the producer has something of such a batch.
  [[nodiscard]] bool AnySent(const RemoteSink::IsWanted& is_wanted) const;
  // Takes such batches out, up to the first that isn't here as far as it has no outcome: so they
  // stay in their order.
  std::vector<RemoteSink::Returned> Reclaim(const RemoteSink::IsWanted& is_wanted);

  void Clear();

 private:
  struct IsOlder {
    bool operator()(const PendingDocument* one, const PendingDocument* other) const;
  };

  std::list<PendingBatch> batches_;
  std::set<PendingDocument*, IsOlder> again_;
  uint64_t last_number_ = 0;
};

}  // namespace espcap::kafka

#endif  // ESPCAP_KAFKA_PENDING_BATCHES_H_
