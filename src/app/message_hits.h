// SPDX-License-Identifier: GPL-2.0-or-later
//
// Packets that documents say are in messages of topics. Of one topic they can be read: the one that
// the user has named. What documents say is input from outside.
#ifndef ESPCAP_APP_MESSAGE_HITS_H_
#define ESPCAP_APP_MESSAGE_HITS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "elasticsearch/hit_page.h"
#include "retrieve/record_slot.h"

namespace espcap::app {

class MessageHits {
 public:
  // Empty: none is named.
  explicit MessageHits(std::string topic) : topic_(std::move(topic)) {}

  // Whether the hit names a message of a topic, and says which packet of it is meant.
  static bool IsPlace(const elasticsearch::Hit& hit);
  // Whether that is the topic that can be read.
  [[nodiscard]] bool IsReadable(const elasticsearch::Hit& hit) const {
    return !topic_.empty() && hit.message.topic == topic_ && IsPlace(hit);
  }

  // A packet that is wanted of a message, and where it is in a file.
  struct Wanted {
    retrieve::RecordSlot in_message;
    retrieve::RecordSlot in_file;
    const std::string* file = nullptr;  // its path; null: none is known
  };
  // `file` empty: it is in none. REQUIRES: IsReadable().
  void Add(const elasticsearch::Hit& hit, const std::string& file,
           const retrieve::RecordSlot& in_file);
  // REQUIRES: IsPlace(), and not IsReadable().
  void AddUnreadable(const elasticsearch::Hit& hit);
  // Sorts each message's packets, and leaves out repetitions. Once all are added.
  void Finish();

  // By partition and offset.
  using Messages = std::map<std::pair<int32_t, int64_t>, std::vector<Wanted>>;
  [[nodiscard]] Messages& messages() { return messages_; }
  [[nodiscard]] const std::string& topic() const { return topic_; }

  // Packets in other topics.
  [[nodiscard]] uint64_t unreadable() const { return unreadable_; }
  // "TOPIC (3 packets), …": those topics, for people. Not more than some.
  [[nodiscard]] std::string DescribeUnreadable() const;

 private:
  std::string topic_;
  Messages messages_;
  std::set<std::string> files_;
  std::map<std::string, uint64_t> others_;  // up to a number of them
  uint64_t unreadable_ = 0;
};

}  // namespace espcap::app

#endif  // ESPCAP_APP_MESSAGE_HITS_H_
