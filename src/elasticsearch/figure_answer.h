// SPDX-License-Identifier: GPL-2.0-or-later
//
// Answers to the searches of figure_query.h. Pure functions; an error says that an answer isn't
// understood. Figures that a server leaves out are 0.
#ifndef ESPCAP_ELASTICSEARCH_FIGURE_ANSWER_H_
#define ESPCAP_ELASTICSEARCH_FIGURE_ANSWER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"

namespace espcap::elasticsearch {

struct Count {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};

struct Totals : Count {
  std::optional<int64_t> first_ms;  // none: no packet has a time
  std::optional<int64_t> last_ms;
};
Result<Totals> ReadTotals(std::string_view answer);

struct Term : Count {
  std::string value;
};
struct Terms {
  std::vector<Term> terms;
  bool is_approximate = false;  // some shard has handed over only its first ones
  bool is_cut = false;          // there are more values
  uint64_t distinct = 0;        // about this number of them
};
Result<Terms> ReadTerms(std::string_view answer);

struct Pair : Count {
  std::string from;
  std::string to;
};
struct Pairs {
  std::vector<Pair> pairs;
  bool is_cut = false;
};
Result<Pairs> ReadPairs(std::string_view answer);

// REQUIRES: the answer is to `size` queries.
Result<std::vector<Count>> ReadCounts(std::string_view answer, size_t size);

struct TimeBucket : Count {
  int64_t begin_ms = 0;
  std::vector<Count> counts;  // of each query
};
Result<std::vector<TimeBucket>> ReadHistogram(std::string_view answer, size_t size);

struct RunCount {
  std::string run;
  std::string sensor;
  std::string state;
  std::string started;
  uint64_t captured = 0;
  uint64_t indexed = 0;
  uint64_t lost = 0;
  uint64_t lost_at_sensors = 0;  // before the packets came to the run's topic
};
Result<std::vector<RunCount>> ReadRuns(std::string_view answer);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_FIGURE_ANSWER_H_
