// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace espcap::telemetry {
namespace {

[[maybe_unused]] bool IsName(std::string_view name) {
  const auto may_stand = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), may_stand);
}

// `quoted`: in a label's value, where a quotation mark would end it.
void AppendEscaped(std::string& text, std::string_view value, bool quoted) {
  for (const char c : value) {
    if (c == '\n') {
      text += "\\n";
      continue;
    }
    if (c == '\\' || (quoted && c == '"')) text += '\\';
    text += c;
  }
}

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

void AppendLabel(std::string& text, char& separator, const Label& label) {
  assert(IsName(label.name));
  text += std::exchange(separator, ',');
  text += label.name;
  text += "=\"";
  AppendEscaped(text, label.value, true);
  text += '"';
}

}  // namespace

void Exposition::Begin(std::string_view name, std::string_view help, const char* type) {
  assert(IsName(name));
  family_ = name;
  text_ += fmt::format("# HELP {} ", name);
  AppendEscaped(text_, help, false);
  text_ += fmt::format("\n# TYPE {} {}\n", name, type);
}

void Exposition::Series(std::string_view suffix, Labels labels, std::string_view bound,
                        std::string_view value) {
  text_ += family_;
  text_ += suffix;
  char separator = '{';
  for (const Label& label : labels) AppendLabel(text_, separator, label);
  if (!bound.empty()) AppendLabel(text_, separator, {"le", bound});
  if (separator == ',') text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

void Exposition::Sample(Labels labels, uint64_t value) {
  Series("", labels, "", fmt::format("{}", value));
}

void Exposition::Sample(Labels labels, double value) { Series("", labels, "", Number(value)); }

void Exposition::Distribution(Labels labels, std::span<const double> bounds,
                              std::span<const uint64_t> counts, double sum) {
  assert(counts.size() == bounds.size() + 1);
  uint64_t so_far = 0;
  for (size_t bucket = 0; bucket < counts.size(); ++bucket) {
    so_far += counts[bucket];
    const bool is_last = bucket == bounds.size();
    Series("_bucket", labels, is_last ? "+Inf" : Number(bounds[bucket]), fmt::format("{}", so_far));
  }
  Series("_sum", labels, "", Number(sum));
  Series("_count", labels, "", fmt::format("{}", so_far));
}

}  // namespace espcap::telemetry
