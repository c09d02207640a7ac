// SPDX-License-Identifier: GPL-2.0-or-later
//
// The documents that a query finds, as places of packets: by run and file, in the order of frames,
// each packet once; or by message.
#ifndef ESPCAP_APP_PACKET_HITS_H_
#define ESPCAP_APP_PACKET_HITS_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "app/message_hits.h"
#include "cli/settings.h"
#include "elasticsearch/hit_page.h"
#include "elasticsearch/hit_query.h"
#include "espcap/fingerprint.h"
#include "espcap/result.h"
#include "retrieve/record_slot.h"
#include "telemetry/log.h"

namespace espcap::app {

// A capture file that documents of a run name.
struct FileOfRun {
  std::string run;   // its id; empty where runs don't matter
  std::string path;  // as bytes

  auto operator<=>(const FileOfRun&) const = default;
};

class PacketHits {
 public:
  enum class Runs : uint8_t { kDontMatter, kKept };

  // Where packets may be read.
  struct Places {
    Runs runs = Runs::kDontMatter;
    bool has_roots = false;  // of files
    std::string topic;       // whose messages; empty: none
  };

  PacketHits(uint64_t max_hits, Places places)
      : max_hits_(max_hits), places_(std::move(places)), messages_(places_.topic) {}

  // False: there are as many as are wanted.
  bool Add(std::vector<elasticsearch::Hit> hits);
  // Sorts the slots. Once all are added.
  void Finish();

  [[nodiscard]] std::map<FileOfRun, std::vector<retrieve::RecordSlot>>& files() { return files_; }
  // Packets of the topic are wanted of its messages first.
  [[nodiscard]] MessageHits& messages() { return messages_; }
  [[nodiscard]] const MessageHits& messages() const { return messages_; }
  // What the capture of a slot is known by: its `capture`, from 1; 0 is a capture of which nothing
  // is known.
  [[nodiscard]] const std::vector<Fingerprint>& captures() const { return captures_; }
  // Runs whose documents have an @timestamp.
  [[nodiscard]] const std::set<std::string>& runs_with_timestamp() const {
    return runs_with_timestamp_;
  }
  // "DIR (3 files), …": for people. Not more than some.
  [[nodiscard]] std::string DescribeFolders() const;

  // Documents with different ids.
  [[nodiscard]] uint64_t found() const { return ids_.size(); }
  // Of those, what names a file or a message, but no record that could be known again.
  [[nodiscard]] uint64_t without_place() const { return without_place_; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  void AddPlace(elasticsearch::Hit hit, uint32_t capture);
  uint32_t CaptureOf(const std::string& id);

  uint64_t max_hits_;
  Places places_;
  MessageHits messages_;
  std::unordered_set<std::string> ids_;
  std::map<FileOfRun, std::vector<retrieve::RecordSlot>> files_;
  std::vector<Fingerprint> captures_;
  std::map<Fingerprint, uint32_t> capture_numbers_;
  std::set<std::string> runs_with_timestamp_;
  uint64_t without_place_ = 0;
  bool is_cut_ = false;
};

struct PacketSearch {
  PacketHits hits;
  uint64_t nameless = 0;  // documents that name neither a file nor a message
};

// Asks the server.
Result<PacketSearch> SearchPackets(const cli::RetrievalSettings& settings,
                                   const elasticsearch::HitRequest& query,
                                   PacketHits::Places places, telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_PACKET_HITS_H_
