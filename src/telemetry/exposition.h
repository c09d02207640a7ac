// SPDX-License-Identifier: GPL-2.0-or-later
//
// Plain values as Prometheus' text format 0.0.4: a family is begun with its name, help and type,
// then gets its samples. Pure: it knows the format, not what is measured.
#ifndef ESPCAP_TELEMETRY_EXPOSITION_H_
#define ESPCAP_TELEMETRY_EXPOSITION_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace espcap::telemetry {

// Names are ours and are asserted to be valid; values may come from users and are escaped.
struct Label {
  std::string_view name;
  std::string_view value;
};

class Exposition {
 public:
  using Labels = std::initializer_list<Label>;

  static constexpr const char* kContentType = "text/plain; version=0.0.4; charset=utf-8";

  // Each begins a family; a counter's name ends in _total. REQUIRES: a family is begun once.
  void Counter(std::string_view name, std::string_view help) { Begin(name, help, "counter"); }
  void Gauge(std::string_view name, std::string_view help) { Begin(name, help, "gauge"); }
  void Histogram(std::string_view name, std::string_view help) { Begin(name, help, "histogram"); }

  // A sample of the family begun last.
  void Sample(Labels labels, uint64_t value);
  void Sample(Labels labels, double value);
  // All of a histogram's for these labels. `counts` are those of each bucket alone, with one more
  // for what is above the last of `bounds`.
  void Distribution(Labels labels, std::span<const double> bounds, std::span<const uint64_t> counts,
                    double sum);

  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  void Begin(std::string_view name, std::string_view help, const char* type);
  // `bound`: the bucket's, as a label of its own; empty: none.
  void Series(std::string_view suffix, Labels labels, std::string_view bound,
              std::string_view value);

  std::string text_;
  std::string family_;
};

}  // namespace espcap::telemetry

#endif  // ESPCAP_TELEMETRY_EXPOSITION_H_
