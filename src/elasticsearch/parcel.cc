// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/parcel.h"

#include <numeric>
#include <utility>

namespace espcap::elasticsearch {

Parcel ParcelOf(std::list<Shipment>::iterator shipment) {
  Parcel parcel{shipment, std::vector<uint32_t>(shipment->batch.documents.size())};
  std::iota(parcel.positions.begin(), parcel.positions.end(), 0U);
  return parcel;
}

size_t TextBytes(const Parcel& parcel) {
  return std::accumulate(parcel.positions.begin(), parcel.positions.end(), size_t{0},
                         [&parcel](size_t sum, uint32_t position) {
                           return sum + parcel.batch().documents[position].length;
                         });
}

std::string_view TextOf(const Parcel& parcel, std::string& gathered) {
  const Batch& batch = parcel.batch();
  const DocumentSpan& first = batch.documents[parcel.positions.front()];
  const DocumentSpan& last = batch.documents[parcel.positions.back()];
  if (parcel.positions.back() - parcel.positions.front() + 1 == parcel.positions.size()) {
    return batch.text.substr(first.offset, last.offset + last.length - first.offset);
  }
  gathered.clear();
  gathered.reserve(TextBytes(parcel));
  for (const uint32_t position : parcel.positions) {
    gathered += batch.Text(batch.documents[position]);
  }
  return gathered;
}

Batch BatchOf(const Parcel& parcel, std::string& gathered) {
  const Batch& whole = parcel.batch();
  if (parcel.IsWhole()) return whole;
  Batch batch{TextOf(parcel, gathered), {}, whole.source, whole.slot};
  size_t offset = 0;
  for (const uint32_t position : parcel.positions) {
    DocumentSpan span = whole.documents[position];
    span.offset = std::exchange(offset, offset + span.length);
    batch.documents.push_back(span);
  }
  return batch;
}

std::vector<Parcel> Split(const Parcel& parcel, size_t bytes) {
  std::vector<Parcel> parcels;
  size_t filled = 0;
  for (const uint32_t position : parcel.positions) {
    const size_t length = parcel.batch().documents[position].length;
    if (parcels.empty() || filled + length > bytes) {
      parcels.push_back(
          {parcel.shipment, {}, parcel.failures, parcel.standstills, parcel.not_before});
      filled = 0;
    }
    parcels.back().positions.push_back(position);
    filled += length;
  }
  return parcels;
}

}  // namespace espcap::elasticsearch
