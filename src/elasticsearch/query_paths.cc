// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/query_paths.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace espcap::elasticsearch {
namespace {

constexpr int kMaxDepth = 30;  // of fields within the groups of others
constexpr std::string_view kExists = "_exists_";
constexpr std::string_view kSpaces = " \t\n\r";
// They end a word, unless '\' is before them.
constexpr std::string_view kMarks = " \t\n\r!():^[]\"{}~/";
// They begin none.
constexpr std::string_view kSigns = "+-";
constexpr std::string_view kWildcards = "*?";
constexpr char kEscape = '\\';

bool IsOneOf(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

// A word as it is meant: "a:b" of "a\:b".
struct Word {
  std::string text;
  bool has_wildcard = false;  // escaped or not: a server takes both for one in a path
};

Word WordOf(std::string_view written) {
  Word word;
  for (size_t i = 0; i < written.size(); ++i) {
    if (written[i] == kEscape && i + 1 < written.size()) ++i;
    word.has_wildcard |= IsOneOf(written[i], kWildcards);
    word.text += written[i];
  }
  return word;
}

std::string Escaped(std::string_view path) {
  std::string text;
  for (const char c : path) {
    if (c == kEscape || IsOneOf(c, kMarks) || IsOneOf(c, kWildcards) || IsOneOf(c, kSigns)) {
      text += kEscape;
    }
    text += c;
  }
  return text;
}

// "(a OR b)"; of one, itself.
std::string AnyOf(const std::vector<std::string>& clauses) {
  if (clauses.size() == 1) return clauses.front();
  std::string text;
  for (const std::string& clause : clauses) text += (text.empty() ? "(" : " OR ") + clause;
  return text + ')';
}

// A query, from its beginning to its end. Positions are where something begins.
class QueryWalk {
 public:
  // Null: the path stays as it is.
  using Find = std::function<const std::vector<std::string>*(const std::string& path)>;

  QueryWalk(std::string_view query, const Find& find) : query_(query), find_(find) {}

  // None: it isn't understood.
  std::optional<std::string> Rewrite() {
    std::string text = Rewrite(0, query_.size(), 0);
    if (is_broken_) return std::nullopt;
    return text;
  }
  [[nodiscard]] bool is_too_long() const { return is_too_long_; }

 private:
  std::string Rewrite(size_t at, size_t end, int depth) {
    std::string text;
    size_t open = 0;  // groups without a field
    if (depth > kMaxDepth) is_broken_ = true;
    while (at < end && !is_broken_) {
      const size_t next = EndOfPart(at, end);
      const size_t colon = SkipSpaces(next, end);
      const bool is_path = IsWordStart(at) && colon < end && query_[colon] == ':';
      if (is_path) {
        at =
            AppendField(text, query_.substr(at, next - at), SkipSpaces(colon + 1, end), end, depth);
        continue;
      }
      if (query_[at] == '(') ++open;
      // Without a group that it ends, or a path before it.
      if ((query_[at] == ')' && open-- == 0) || query_[at] == ':') is_broken_ = true;
      text += query_.substr(at, next - at);
      at = next;
    }
    if (open > 0) is_broken_ = true;
    if (text.size() > kMaxWrittenOutBytes) {
      is_broken_ = is_too_long_ = true;
      text.clear();
    }
    return text;
  }

  // "path:" is before `at`. Returns where the value ends.
  size_t AppendField(std::string& text, std::string_view written, size_t at, size_t end,
                     int depth) {
    const bool is_group = at < end && query_[at] == '(';
    const size_t next = is_group ? EndOfGroup(at, end) : EndOfPart(at, end);
    if (at >= end || is_broken_ || (!is_group && !IsValueStart(at))) {
      is_broken_ = true;
      return end;
    }
    const Word path = WordOf(written);
    if (path.text == kExists) {
      text += Exists(at, next);
      return next;
    }
    const auto* const places = path.has_wildcard ? nullptr : find_(path.text);
    std::string value = is_group ? '(' + Rewrite(at + 1, next - 1, depth + 1) + ')'
                                 : std::string(query_.substr(at, next - at));
    const size_t value_end = EndOfSuffixes(next, end);
    value += query_.substr(next, value_end - next);
    text += Clause(places, written, value);
    return value_end;
  }

  std::string Clause(const std::vector<std::string>* places, std::string_view written,
                     const std::string& value) {
    if (places == nullptr || places->empty()) return std::string(written) + ':' + value;
    std::vector<std::string> clauses;
    size_t bytes = 0;
    for (const std::string& place : *places) {
      clauses.push_back(Escaped(place) + ':' + value);
      bytes += clauses.back().size();
      if (bytes > kMaxWrittenOutBytes) {
        is_broken_ = is_too_long_ = true;
        return {};
      }
    }
    return AnyOf(clauses);
  }

  // "_exists_:" is before `at`, and the path ends at `next`.
  std::string Exists(size_t at, size_t next) {
    const std::string_view written = query_.substr(at, next - at);
    const bool is_quoted = written.front() == '"';
    const bool is_path = is_quoted || IsWordStart(at);
    const Word path = WordOf(is_quoted ? written.substr(1, written.size() - 2) : written);
    const auto* const places = is_path && !path.has_wildcard ? find_(path.text) : nullptr;
    const std::string name = std::string(kExists) + ':';
    if (places == nullptr || places->empty()) return name + std::string(written);
    std::vector<std::string> clauses;
    for (const std::string& place : *places) clauses.push_back(name + Escaped(place));
    return AnyOf(clauses);
  }

  // A word, a phrase, a range, a regular expression, or a mark.
  size_t EndOfPart(size_t at, size_t end) {
    if (at >= end) return end;
    switch (query_[at]) {
      case '"':
      case '/':
        return EndOfQuoted(at, end);
      case '[':
      case '{':
        return EndOfRange(at, end);
      default:
        return IsWordStart(at) ? EndOfWord(at, end) : at + 1;
    }
  }

  [[nodiscard]] bool IsWordStart(size_t at) const {
    return !IsOneOf(query_[at], kMarks) && !IsOneOf(query_[at], kSigns);
  }
  [[nodiscard]] bool IsValueStart(size_t at) const {
    return IsWordStart(at) || IsOneOf(query_[at], "\"/[{");
  }

  size_t EndOfWord(size_t at, size_t end) {
    while (at < end && !IsOneOf(query_[at], kMarks)) at = Behind(at, end);
    return at;
  }

  // Behind a character, or one with '\' before it.
  size_t Behind(size_t at, size_t end) {
    if (query_[at] != kEscape) return at + 1;
    if (at + 1 < end) return at + 2;
    is_broken_ = true;
    return end;
  }

  size_t EndOfQuoted(size_t at, size_t end) {
    const char mark = query_[at++];
    while (at < end && query_[at] != mark) at = Behind(at, end);
    if (at < end) return at + 1;
    is_broken_ = true;
    return end;
  }

  size_t EndOfRange(size_t at, size_t end) {
    for (++at; at < end && !IsOneOf(query_[at], "]}");) {
      at = query_[at] == '"' ? EndOfQuoted(at, end) : Behind(at, end);
    }
    if (at < end) return at + 1;
    is_broken_ = true;
    return end;
  }

  size_t EndOfGroup(size_t at, size_t end) {
    size_t open = 0;
    while (at < end && !is_broken_) {
      if (query_[at] == '(') ++open;
      if (query_[at] == ')' && --open == 0) return at + 1;
      at = EndOfPart(at, end);
    }
    is_broken_ = true;
    return end;
  }

  // "^2" and "~1", as often as there are.
  [[nodiscard]] size_t EndOfSuffixes(size_t at, size_t end) const {
    while (at < end && IsOneOf(query_[at], "^~")) {
      ++at;
      while (at < end && IsOneOf(query_[at], "0123456789.")) ++at;
    }
    return at;
  }

  [[nodiscard]] size_t SkipSpaces(size_t at, size_t end) const {
    while (at < end && IsOneOf(query_[at], kSpaces)) ++at;
    return at;
  }

  std::string_view query_;
  const Find& find_;
  bool is_broken_ = false;
  bool is_too_long_ = false;
};

}  // namespace

std::vector<std::string> PathsOf(std::string_view query) {
  std::vector<std::string> paths;
  const QueryWalk::Find find = [&paths](const std::string& path) {
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
    return nullptr;
  };
  if (!QueryWalk(query, find).Rewrite()) paths.clear();
  return paths;
}

Result<std::string> WithPlaces(std::string_view query, const FieldPlaces& places) {
  const QueryWalk::Find find = [&places](const std::string& path) {
    const auto found = places.find(path);
    return found == places.end() ? nullptr : &found->second;
  };
  QueryWalk walk(query, find);
  auto text = walk.Rewrite();
  if (text) return std::move(*text);
  if (!walk.is_too_long()) return std::string(query);
  return Fail("the query is too long once each field is written with all its places");
}

}  // namespace espcap::elasticsearch
