// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/conversations.h"

namespace espcap::retrieve {

void Conversations::AddHit(const source::FlowOfFrame& frame) {
  const bool is_known = frame.is_later_fragment ? datagrams_of_hits_.contains(*frame.datagram)
                                                : flows_.contains(frame.flow);
  if (!is_known && flows_.size() + datagrams_of_hits_.size() >= kMost) {
    is_cut_ = true;
    return;
  }
  // The ports of a later one's conversation are in its first one, which may be missing.
  if (!frame.is_later_fragment) flows_.insert(frame.flow);
  if (frame.datagram) datagrams_of_hits_.insert(*frame.datagram);
}

bool Conversations::Contains(const source::FlowOfFrame& frame) {
  if (frame.datagram && datagrams_of_hits_.contains(*frame.datagram)) return true;
  if (frame.is_later_fragment) return datagrams_.contains(*frame.datagram);
  const bool is_member = flows_.contains(frame.flow);
  if (!frame.datagram) return is_member;
  if (is_member) {
    Await(*frame.datagram);
  } else {
    datagrams_.erase(*frame.datagram);  // another one under its number
  }
  return is_member;
}

void Conversations::Await(const source::Datagram& datagram) {
  if (!datagrams_.insert(datagram).second) return;
  order_.push_back(datagram);
  if (order_.size() <= kMostDatagrams) return;
  datagrams_.erase(order_.front());
  order_.pop_front();
}

}  // namespace espcap::retrieve
