// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows from the state of an index name on the server: whether espcap's template is
// installed, what the user is told before the first document, and what ends a run. Pure functions.
#ifndef ESPCAP_ELASTICSEARCH_INDEX_FINDINGS_H_
#define ESPCAP_ELASTICSEARCH_INDEX_FINDINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "elasticsearch/index_inquiry.h"

namespace espcap::elasticsearch {

// The template that a run would install.
struct OwnTemplate {
  std::string pattern;  // of indices
  std::string name;
  int64_t priority = 0;
};

struct InstallPlan {
  bool installs = false;
  bool makes_data_stream = false;  // as the template that it goes before
  // Not over one of the same name: which ones are there isn't known.
  bool only_if_missing = false;
  std::string reason;  // why it doesn't: "already there"
};
InstallPlan PlanInstall(const IndexState& index_state, const OwnTemplate& own);

// What the fields of documents meet that isn't espcap's, a message each. `installed`: espcap's
// template is put there after this was asked.
std::vector<std::string> Shortcomings(const IndexState& index_state, const OwnTemplate& own,
                                      bool installed);

// Why each document would be refused; empty: nothing is known of it.
std::string Obstacle(const IndexState& index_state, const std::string& pipeline);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_INDEX_FINDINGS_H_
