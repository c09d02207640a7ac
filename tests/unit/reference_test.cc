// SPDX-License-Identifier: GPL-2.0-or-later
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "argument_parser.h"
#include "reference/completions.h"
#include "reference/entry.h"
#include "reference/pages.h"
#include "reference/roff.h"

namespace espcap::reference {
namespace {

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string FishName(const std::string& name) {
  return name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
}

TEST(Reference, NamesEveryOptionOfEveryCommandInEachText) {
  const std::string man = ManPage();
  const std::string bash = BashCompletion();
  const std::string zsh = ZshCompletion();
  const std::string fish = FishCompletion();
  const std::string markdown = OptionReference();
  for (const cli::CommandRow& row : cli::CommandTable()) {
    for (const Entry& entry : EntriesOf(row.command)) {
      for (const std::string& name : entry.names) {
        EXPECT_NE(man.find("\\fB" + RoffText(name) + "\\fR"), std::string::npos) << name;
        EXPECT_NE(markdown.find("`" + name + "`"), std::string::npos) << name;
        if (entry.is_argument) continue;
        EXPECT_TRUE(std::regex_search(bash, std::regex("[' ]" + name + "[' ]"))) << name;
        EXPECT_TRUE(std::regex_search(zsh, std::regex("'\\*?" + name + "[=+]?\\["))) << name;
        EXPECT_NE(fish.find(FishName(name) + " "), std::string::npos) << name;
      }
    }
  }
}

// Made by `./dev reference`.
TEST(Reference, InTheRepositoryIsThatOfTheTable) {
  EXPECT_EQ(TextOf(ESPCAP_SOURCE "/docs/options.md"), OptionReference()) << "run ./dev reference";
  EXPECT_EQ(TextOf(ESPCAP_SOURCE "/config/espcap.yml"), ConfigSample()) << "run ./dev reference";
}

TEST(Reference, EscapesWhatRoffWouldRead) {
  EXPECT_EQ(RoffText(".x"), "\\&.x");
  EXPECT_EQ(RoffText("a-b\\c'd'"), "a\\-b\\ec\\(aqd\\(aq");
}

TEST(Reference, SaysLimitsAsOptionsAcceptThem) {
  const auto sentences = [](const std::string& name) {
    for (const Entry& entry : EntriesOf(cli::kCaptureCommand)) {
      if (entry.names.front() == name) return cli::SentencesOf(*entry.option);
    }
    return std::string();
  };
  EXPECT_NE(sentences("--buffer-bytes").find("From 1M to 2047M."), std::string::npos);
  EXPECT_NE(sentences("--workers").find("From 1 to 256."), std::string::npos);
  EXPECT_NE(sentences("--format").find("One of: ndjson, bulk, text."), std::string::npos);
}

class ConfigSampleTest : public cli::ArgumentParser {};

TEST_F(ConfigSampleTest, ShowsValuesThatTheProgramAccepts) {
  const std::regex key(R"(#([a-z0-9-]+):(.*))");
  std::istringstream sample(ConfigSample());
  size_t keys = 0;
  std::string begun;  // a key, whose list is on the next line
  for (std::string line; std::getline(sample, line);) {
    std::smatch parts;
    std::string text;
    if (!begun.empty()) {
      text = begun + "\n" + line.substr(1) + "\n";
      begun.clear();
    } else if (std::regex_match(line, parts, key)) {
      if (parts[2].length() == 0) {
        begun = line.substr(1);
        continue;
      }
      text = line.substr(1) + "\n";
    } else {
      continue;
    }
    ++keys;
    directory_.Write("one.yml", text);
    const auto parsed = Parse({"--config", "one.yml"});
    EXPECT_TRUE(parsed.has_value()) << text << (parsed ? "" : parsed.error().message);
  }
  EXPECT_GT(keys, 80U);
}

}  // namespace
}  // namespace espcap::reference
