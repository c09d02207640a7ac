// SPDX-License-Identifier: GPL-2.0-or-later
//
// Plain values as Prometheus' text format 0.0.4: a family is begun with its name, help and type,
// and gets its samples through itself. Pure: it knows the format, not what is measured.
#ifndef ESPCAP_TELEMETRY_EXPOSITION_H_
#define ESPCAP_TELEMETRY_EXPOSITION_H_

#include <cstdint>
#include <initializer_list>
#include <list>
#include <span>
#include <string>
#include <string_view>

namespace espcap::telemetry {

// Names are ours and are asserted to be valid; values may come from users, and are escaped and made
// UTF-8, which the format asks for.
struct Label {
  std::string_view name;
  std::string_view value;
};

using Labels = std::initializer_list<Label>;

// A metric family: its samples stay its own, whichever families were begun since.
class Family {
 public:
  Family(std::string_view name, std::string_view help, const char* type);

  void Sample(Labels labels, uint64_t value);
  void Sample(Labels labels, double value);
  // All of a histogram's for these labels. `counts` are those of each bucket alone, with one more
  // for what is above the last of `bounds`.
  void Distribution(Labels labels, std::span<const double> bounds, std::span<const uint64_t> counts,
                    double sum);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  // `bound`: the bucket's, as a label of its own; empty: none.
  void Series(std::string_view suffix, Labels labels, std::string_view bound,
              std::string_view value);

  std::string name_;
  std::string text_;
};

// Families in the order they were begun. A reference to one is good as long as the exposition.
class Exposition {
 public:
  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // Each begins a family; a counter's name ends in _total. REQUIRES: a family is begun once.
  Family& Counter(std::string_view name, std::string_view help) {
    return Begin(name, help, "counter");
  }
  Family& Gauge(std::string_view name, std::string_view help) { return Begin(name, help, "gauge"); }
  Family& Histogram(std::string_view name, std::string_view help) {
    return Begin(name, help, "histogram");
  }

  [[nodiscard]] std::string Text() const;

 private:
  Family& Begin(std::string_view name, std::string_view help, const char* type);

  std::list<Family> families_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_EXPOSITION_H_
