// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/pending_batches.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace espcap::kafka {
namespace {

RemoteSink::Returned RestOf(PendingBatch& pending) {
  RemoteSink::Returned rest{std::move(pending.batch), nullptr, pending.delivery};
  std::vector<DocumentSpan> documents;
  for (const PendingDocument& document : pending.documents) {
    if (document.is_here) documents.push_back(rest.batch.documents[document.position]);
  }
  const bool is_whole = documents.size() == rest.batch.documents.size();
  rest.batch.documents = std::move(documents);
  if (is_whole) return rest;
  rest.batch.compression = Compression::kNone;  // it has the others too
  rest.batch.compressed = {};
  return rest;
}

}  // namespace

uint64_t PendingDocument::packets() const { return batch->batch.documents[position].packets; }

bool PendingBatches::IsOlder::operator()(const PendingDocument* one,
                                         const PendingDocument* other) const {
  return std::tie(one->batch->number, one->position) <
         std::tie(other->batch->number, other->position);
}

void PendingBatches::Add(Batch batch) {
  const auto place = batches_.emplace(batches_.end());
  place->place = place;
  place->number = ++last_number_;
  place->batch = std::move(batch);
  place->unsettled = place->batch.documents.size();
  place->unsettled_packets = PacketsOf(place->batch.documents);
  place->documents.reserve(place->unsettled);
  for (uint32_t position = 0; position < place->unsettled; ++position) {
    place->documents.push_back({&*place, position});
  }
}

PendingDocument* PendingBatches::Next() {
  if (!again_.empty()) return *again_.begin();
  const auto unsent = std::find_if(batches_.begin(), batches_.end(), [](const auto& batch) {
    return batch.next < batch.documents.size();
  });
  return unsent == batches_.end() ? nullptr : &unsent->documents[unsent->next];
}

void PendingBatches::Take(PendingDocument& document) {
  if (again_.erase(&document) == 0) ++document.batch->next;
  document.is_here = false;
}

void PendingBatches::PutBack(PendingDocument& document) {
  document.is_here = true;
  again_.insert(&document);
}

std::optional<DeliveryEvent> PendingBatches::Settle(PendingBatch& batch, size_t documents,
                                                    uint64_t packets) {
  batch.unsettled -= documents;
  batch.unsettled_packets -= packets;
  if (batch.unsettled > 0) return std::nullopt;
  const DeliveryEvent event{batch.batch.slot, batch.delivery};
  batches_.erase(batch.place);
  return event;
}

bool PendingBatches::AnySent(const RemoteSink::IsWanted& is_wanted) const {
  return std::any_of(batches_.begin(), batches_.end(), [&](const PendingBatch& batch) {
    return batch.sent > 0 && is_wanted(batch.batch.slot);
  });
}

std::vector<RemoteSink::Returned> PendingBatches::Reclaim(const RemoteSink::IsWanted& is_wanted) {
  std::vector<RemoteSink::Returned> returned;
  for (auto next = batches_.begin(); next != batches_.end();) {
    PendingBatch& batch = *next++;
    if (!is_wanted(batch.batch.slot)) continue;
    if (batch.sent > 0 || batch.refusals > 0) break;
    std::erase_if(again_, [&batch](const auto* document) { return document->batch == &batch; });
    returned.push_back(RestOf(batch));
    batches_.erase(batch.place);
  }
  return returned;
}

void PendingBatches::Clear() {
  again_.clear();
  batches_.clear();
}

}  // namespace espcap::kafka
