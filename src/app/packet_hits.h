// SPDX-License-Identifier: GPL-2.0-or-later
//
// The documents that a query finds, as places of packets: by file, in the order of frames, each
// packet once.
#ifndef ESPCAP_APP_PACKET_HITS_H_
#define ESPCAP_APP_PACKET_HITS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "cli/settings.h"
#include "elasticsearch/hit_page.h"
#include "espcap/result.h"
#include "retrieve/record_slot.h"

namespace espcap::app {

class PacketHits {
 public:
  explicit PacketHits(uint64_t max_hits) : max_hits_(max_hits) {}

  // False: there are as many as are wanted.
  bool Add(std::vector<elasticsearch::Hit> hits);
  // Sorts the slots. Once all are added.
  void Finish();

  // By the file's path, as bytes.
  [[nodiscard]] std::map<std::string, std::vector<retrieve::RecordSlot>>& files() { return files_; }
  // "DIR (3 files), …": for people. Not more than some.
  [[nodiscard]] std::string DescribeFolders() const;

  // Documents with different ids.
  [[nodiscard]] uint64_t found() const { return ids_.size(); }
  // Of those, what names a file, but no record that could be known again.
  [[nodiscard]] uint64_t without_place() const { return without_place_; }
  [[nodiscard]] bool is_cut() const { return is_cut_; }

 private:
  uint64_t max_hits_;
  std::unordered_set<std::string> ids_;
  std::map<std::string, std::vector<retrieve::RecordSlot>> files_;
  uint64_t without_place_ = 0;
  bool is_cut_ = false;
};

struct PacketSearch {
  PacketHits hits;
  uint64_t without_file = 0;  // documents that name no file
};

// Asks the server. `query`: QueryOf().
Result<PacketSearch> SearchPackets(const cli::PacketsSettings& settings, const std::string& query);

}  // namespace espcap::app

#endif  // ESPCAP_APP_PACKET_HITS_H_
