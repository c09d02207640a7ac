// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/utf8.h"

namespace espcap::telemetry {
namespace {

[[maybe_unused]] bool IsName(std::string_view name) {
  const auto may_stand = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), may_stand);
}

// `quoted`: in a label's value, where a quotation mark would end it. Bytes that aren't UTF-8, which
// the name of an interface may have, become \xff: a reader would refuse the whole text.
void AppendEscaped(std::string& text, std::string_view value, bool quoted) {
  const auto* in = reinterpret_cast<const uint8_t*>(value.data());
  const auto* const end = in + value.size();
  while (in != end) {
    const auto sequence =
        *in < 0x80 ? base::Utf8Sequence{1, true} : base::ReadUtf8Sequence(in, end);
    if (!sequence.valid) {
      for (size_t i = 0; i < sequence.length; ++i) text += fmt::format(R"(\\x{:02x})", in[i]);
    } else if (*in == '\n') {
      text += "\\n";
    } else {
      if (*in == '\\' || (quoted && *in == '"')) text += '\\';
      text.append(reinterpret_cast<const char*>(in), sequence.length);
    }
    in += sequence.length;
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

Family::Family(std::string_view name, std::string_view help, const char* type) : name_(name) {
  assert(IsName(name));
  text_ = fmt::format("# HELP {} ", name);
  AppendEscaped(text_, help, false);
  text_ += fmt::format("\n# TYPE {} {}\n", name, type);
}

void Family::Series(std::string_view suffix, Labels labels, std::string_view bound,
                    std::string_view value) {
  text_ += name_;
  text_ += suffix;
  char separator = '{';
  for (const Label& label : labels) AppendLabel(text_, separator, label);
  if (!bound.empty()) AppendLabel(text_, separator, {"le", bound});
  if (separator == ',') text_ += '}';
  text_ += fmt::format(" {}\n", value);
}

void Family::Sample(Labels labels, uint64_t value) {
  Series("", labels, "", fmt::format("{}", value));
}

void Family::Sample(Labels labels, double value) { Series("", labels, "", Number(value)); }

void Family::Distribution(Labels labels, std::span<const double> bounds,
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

Family& Exposition::Begin(std::string_view name, std::string_view help, const char* type) {
  assert(std::none_of(families_.begin(), families_.end(),
                      [name](const Family& family) { return family.name() == name; }));
  return families_.emplace_back(name, help, type);
}

std::string Exposition::Text() const {
  std::string text;
  for (const Family& family : families_) text += family.text();
  return text;
}

}  // namespace espcap::telemetry
