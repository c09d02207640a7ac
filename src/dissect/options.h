// SPDX-License-Identifier: GPL-2.0-or-later
//
// What a user can set about dissection, with tshark's letters and meaning.
#ifndef ESPCAP_DISSECT_OPTIONS_H_
#define ESPCAP_DISSECT_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

namespace espcap::dissect {

struct Options {
  std::vector<std::string> preferences;  // -o name:value
  // The same of everyone who can write to a server: none that names a file is set.
  std::vector<std::string> foreign_preferences;
  std::vector<std::string> decode_as;  // -d layer==selector,protocol
  std::vector<std::string> enable_protocols;
  std::vector<std::string> disable_protocols;
  std::vector<std::string> enable_heuristics;
  std::vector<std::string> disable_heuristics;
  bool no_name_resolution = false;             // -n
  std::optional<std::string> name_resolution;  // -N letters
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_OPTIONS_H_
