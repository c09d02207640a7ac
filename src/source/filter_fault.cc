// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/filter_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace espcap::source {
namespace {

struct Word {
  size_t offset;
  std::string_view text;
};

bool IsPartOfWord(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 ||
         std::string_view("._-:/").find(letter) != std::string_view::npos;
}

// Words, and single characters between them.
std::vector<Word> WordsOf(std::string_view expression) {
  std::vector<Word> words;
  for (size_t at = 0; at < expression.size();) {
    if (std::isspace(static_cast<unsigned char>(expression[at])) != 0) {
      ++at;
      continue;
    }
    size_t end = at + 1;
    if (IsPartOfWord(expression[at])) {
      while (end < expression.size() && IsPartOfWord(expression[end])) ++end;
    }
    words.push_back({at, expression.substr(at, end - at)});
    at = end;
  }
  return words;
}

// Some end makes it an expression. The ends are one for each kind of thing that can be missing.
bool CanBeginOne(const std::string& beginning,
                 const std::function<bool(const std::string&)>& compiles) {
  constexpr std::array<std::string_view, 17> kEnds = {"",
                                                      " 1",
                                                      " 1.2.3.4",
                                                      " tcp",
                                                      " 1 = 1",
                                                      "= 1",
                                                      "0] = 1",
                                                      "] = 1",
                                                      " 00:00:00:00:00:00",
                                                      " 1-2",
                                                      " net 1.2.3.0/24",
                                                      " = 1",
                                                      " mgt",
                                                      " beacon",
                                                      " nods",
                                                      " pass",
                                                      " match"};
  constexpr int kMaxParentheses = 3;
  std::string close;
  for (int parentheses = 0; parentheses <= kMaxParentheses; ++parentheses, close += ')') {
    for (const std::string_view end : kEnds) {
      std::string expression = beginning;
      expression.append(end).append(close);
      if (compiles(expression)) return true;
    }
  }
  return false;
}

}  // namespace

std::string DescribeFaultPlace(const std::string& expression,
                               const std::function<bool(const std::string&)>& compiles) {
  for (const Word& word : WordsOf(expression)) {
    if (CanBeginOne(expression.substr(0, word.offset + word.text.size()), compiles)) continue;
    return fmt::format(" at '{}' (character {})", word.text, word.offset + 1);
  }
  return " at the end";
}

}  // namespace espcap::source
