// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option_explanation.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "argument_parser.h"
#include "cli/option.h"

namespace espcap::cli {
namespace {

constexpr size_t kWidth = 80;

std::string Explained(const std::string& name) {
  const auto text = ExplainOption(name, kWidth);
  return text ? *text : text.error().message;
}

TEST(OptionExplanation, HasAllThatTheTableSaysWithinTheWidth) {
  const std::string text = Explained("workers");
  EXPECT_TRUE(text.starts_with("--workers N\n")) << text;
  for (const char* part : {"From 1 to 256.", "Default:", "Example: --workers 4", "Of: espcap."}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
  for (const Option& option : OptionTable()) {
    std::string name = option.names;
    name.erase(0, name.front() == '!' ? 1 : 0);
    std::istringstream lines(Explained(name.substr(0, name.find(','))));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), kWidth) << line;
  }
}

TEST(OptionExplanation, AcceptsANameWithAndWithoutDashes) {
  EXPECT_EQ(Explained("--workers"), Explained("workers"));
  EXPECT_EQ(Explained("-n"), Explained("no-resolve"));
  EXPECT_EQ(Explained("no-sandbox"), Explained("--no-sandbox"));
}

TEST(OptionExplanation, ExplainsAnOptionOfEachCommandThatHasIt) {
  const std::string text = Explained("--index");
  for (const char* part : {"Of: espcap.", "Of: espcap template.", "Of: espcap query."}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(OptionExplanation, SuggestsTheNearestName) {
  EXPECT_EQ(Explained("workrs"), "help workrs: no such option or command; did you mean workers?");
}

class HelpCommandTest : public ArgumentParser {
 protected:
  static std::string PrintedBy(const std::vector<const char*>& arguments) {
    const auto parsed = Parse(arguments);
    if (parsed && std::holds_alternative<PrintAndExit>(*parsed)) {
      return std::get<PrintAndExit>(*parsed).text;
    }
    ADD_FAILURE() << (parsed ? "nothing printed" : parsed.error().message);
    return {};
  }
};

TEST_F(HelpCommandTest, PrintsAnOptionACommandOrAll) {
  EXPECT_EQ(PrintedBy({"help", "--bpf"}), Explained("bpf"));
  EXPECT_EQ(PrintedBy({"help", "resend"}), PrintedBy({"resend", "--help"}));
  EXPECT_EQ(PrintedBy({"help"}), PrintedBy({"--help"}));
}

TEST_F(HelpCommandTest, ExplainsOneTopicOnly) {
  EXPECT_EQ(ErrorOf({"help", "bpf", "filter"}), "help: give one option or command");
}

}  // namespace
}  // namespace espcap::cli
