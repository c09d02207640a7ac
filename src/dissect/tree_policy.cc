// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/tree_policy.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace espcap::dissect {
namespace {

// Each field is asked for anew for each packet, at some 6 ns. From here on the whole tree, which
// takes some 10 µs more a packet, comes as cheap.
constexpr size_t kMaxAskedFor = 1000;

bool IsWordCharacter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

// How long the quoted text is that begins at `at`. In a raw one (r"…") a backslash is itself.
size_t QuotedLength(std::string_view filter, size_t at, bool is_raw) {
  size_t end = at + 1;
  while (end < filter.size() && filter[end] != filter[at]) {
    end += !is_raw && filter[end] == '\\' ? 2 : 1;
  }
  return std::min(end + 1, filter.size()) - at;
}

size_t WordLength(std::string_view filter, size_t at) {
  size_t end = at;
  while (end < filter.size() && IsWordCharacter(filter[end])) ++end;
  return end - at;
}

// Words, quoted texts, && || ^^, and other characters one by one.
std::vector<std::string_view> Tokens(std::string_view filter) {
  std::vector<std::string_view> tokens;
  size_t length = 1;
  for (size_t at = 0; at < filter.size(); at += length) {
    const char c = filter[at];
    const std::string_view two = filter.substr(at, 2);
    length = 1;
    if (IsWordCharacter(c)) {
      length = WordLength(filter, at);
    } else if (c == '"' || c == '\'') {
      const bool is_raw =
          at > 0 && !tokens.empty() && (tokens.back() == "r" || tokens.back() == "R");
      length = QuotedLength(filter, at, is_raw);
    } else if (two == "&&" || two == "||" || two == "^^") {
      length = 2;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      continue;
    }
    tokens.push_back(filter.substr(at, length));
  }
  return tokens;
}

bool JoinsTests(std::string_view token) {
  return token == "&&" || token == "||" || token == "^^" || token == "and" || token == "or" ||
         token == "xor";
}

bool Negates(std::string_view token) { return token == "!" || token == "not"; }

// The word at `place` is a test of its own: is it there?
bool StandsAlone(const std::vector<std::string_view>& tokens, size_t place) {
  if (place + 1 < tokens.size()) {
    const std::string_view next = tokens[place + 1];
    if (next != ")" && !JoinsTests(next)) return false;
  }
  size_t before = place;
  while (before > 0 && tokens[before - 1] == "(") --before;
  if (before == 0) return true;
  return JoinsTests(tokens[before - 1]) || Negates(tokens[before - 1]);
}

}  // namespace

bool WantsWholeTree(const TreeDemand& demand) {
  return demand.layers || demand.text_items || demand.bytes || demand.without_value > 1 ||
         demand.findings || demand.shared_names || demand.climbing || demand.hex || demand.all ||
         demand.filter_on_content || demand.fields > kMaxAskedFor;
}

bool FilterLooksIntoContent(std::string_view filter,
                            const std::function<FilterWord(std::string_view)>& classify) {
  const std::vector<std::string_view> tokens = Tokens(filter);
  for (size_t place = 0; place < tokens.size(); ++place) {
    if (tokens[place] == "$") return true;  // a macro, whose text isn't here
    switch (classify(tokens[place])) {
      case FilterWord::kFinding:
        return true;
      case FilterWord::kContent:
        if (!StandsAlone(tokens, place)) return true;
        break;
      case FilterWord::kOther:
        break;
    }
  }
  return false;
}

}  // namespace espcap::dissect
