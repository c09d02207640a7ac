// SPDX-License-Identifier: GPL-2.0-or-later
//
// The conversations of some records of a capture, and which other records belong to them: between
// the same two addresses and ports, in either direction. Fragments go with the first one of their
// datagram. Bounded; one thread.
#ifndef ESPCAP_RETRIEVE_CONVERSATIONS_H_
#define ESPCAP_RETRIEVE_CONVERSATIONS_H_

#include <cstddef>
#include <deque>
#include <set>

#include "source/flow_hash.h"

namespace espcap::retrieve {

class Conversations {
 public:
  static constexpr size_t kMost = 100'000;          // of one file
  static constexpr size_t kMostDatagrams = 65'536;  // whose fragments are awaited

  void AddHit(const source::FlowOfFrame& frame);
  // Each frame of the file that has addresses in turn, after all hits are added.
  bool Contains(const source::FlowOfFrame& frame);

  // Of more hits than there may be conversations.
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  void Await(const source::Datagram& datagram);

  std::set<source::Flow> flows_;
  std::set<source::Datagram> datagrams_of_hits_;
  // Whose first fragment belongs to a conversation; the oldest first.
  std::set<source::Datagram> datagrams_;
  std::deque<source::Datagram> order_;
  bool is_cut_ = false;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_CONVERSATIONS_H_
