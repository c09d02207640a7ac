// SPDX-License-Identifier: GPL-2.0-or-later
//
// What is known of the packets that a search finds, as a page shows it. Plain values.
//
// Texts come from packets, files and servers: hostile ones. They are kept as they are; who shows
// them makes them harmless.
#ifndef ESPCAP_REPORT_REPORT_H_
#define ESPCAP_REPORT_REPORT_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace espcap::report {

// What was searched, and how packets of it are found again.
struct Search {
  std::string node = {};
  std::string index = {};
  std::string query = {};  // as in a search box; empty: every packet
  std::string json = {};   // the same as JSON, where it is none for a search box
  std::string since = {};  // empty: any
  std::string until = {};
  std::vector<std::string> archive_roots = {};
};

using Cell = std::variant<uint64_t, std::string>;

struct Row {
  std::string name = {};
  std::vector<Cell> cells = {};  // under the section's columns
  std::string query = {};        // finds its packets, as in a search box; empty: it has none
};

struct Section {
  enum class Chart : uint8_t {
    kNone,
    kBars,  // a bar for each row, as long as `charted` says
    kTime,  // rows are times; columns from `charted` on are stacked
  };

  std::string id = {};
  std::string title = {};
  std::string sentence = {};  // what a row's figures count
  std::string names = {};     // the head of the column of names
  std::vector<std::string> columns = {};
  std::vector<Row> rows = {};
  Chart chart = Chart::kBars;
  uint32_t charted = 0;         // a column of figures
  bool is_approximate = false;  // the server has reckoned the figures
  std::string note = {};        // what is left out, or why there is nothing
};

struct Fact {
  std::string name = {};
  Cell value = {};
};

struct Report {
  Search search;
  std::vector<Fact> facts;
  std::vector<Section> sections;
};

}  // namespace espcap::report

#endif  // ESPCAP_REPORT_REPORT_H_
