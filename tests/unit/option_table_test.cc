// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/resume_key.h"
#include "argument_parser.h"

namespace espcap::cli {
namespace {

std::vector<std::string> NamesOf(const Option& option) {
  std::vector<std::string> names;
  std::istringstream list(option.names);
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

TEST(OptionTable, NamesEachOptionOfACommandOnce) {
  for (const Commands command :
       {kCaptureCommand, kResendCommand, kTemplateCommand, kFieldsCommand, kQueryCommand}) {
    std::set<std::string> names;
    for (const Option& option : OptionTable()) {
      if ((option.commands & command) == 0) continue;
      for (const std::string& name : NamesOf(option)) {
        EXPECT_TRUE(names.insert(name).second) << name << " of command " << command;
      }
    }
  }
}

TEST(OptionTable, DescribesEveryOptionInSentences) {
  for (const Option& option : OptionTable()) {
    const std::string help = option.help;
    ASSERT_FALSE(help.empty()) << option.names;
    EXPECT_EQ(help.back(), '.') << option.names;
    EXPECT_NE(option.commands, 0U) << option.names;
    EXPECT_EQ(help.find("(default"), std::string::npos) << option.names << ": it has its own place";
  }
}

struct ReadmeRow {
  std::vector<std::string> names;
  std::string text;
  std::string example;
};

// "| `--a NAME`, `--b` | text | `example` |"; none of another line.
std::optional<ReadmeRow> ParseRow(const std::string& line) {
  static const std::regex row(R"(\| (`-.+?) \| (.+?) \| (.*?) ?\|)");
  static const std::regex name(R"([`, ](--?[a-z0-9A-Z][a-z0-9-]*))");
  std::smatch parts;
  if (!std::regex_match(line, parts, row)) return std::nullopt;
  ReadmeRow found{{}, parts[2], parts[3]};
  const std::string names = parts[1];
  for (auto at = std::sregex_iterator(names.begin(), names.end(), name);
       at != std::sregex_iterator(); ++at) {
    found.names.push_back((*at)[1]);
  }
  if (std::count(found.example.begin(), found.example.end(), '`') == 2 &&
      found.example.front() == '`' && found.example.back() == '`') {
    found.example = found.example.substr(1, found.example.size() - 2);
  }
  return found;
}

TEST(OptionTable, AndTheReadmeSayTheSame) {
  std::map<std::string, std::set<std::pair<std::string, std::string>>> said;  // by the name
  std::ifstream readme(ESPCAP_README);
  size_t rows = 0;
  for (std::string line; std::getline(readme, line);) {
    const auto row = ParseRow(line);
    if (!row) continue;
    ++rows;
    said[row->names.front()].emplace(row->text, row->example);
  }
  EXPECT_GT(rows, 70U);
  for (const Option& option : OptionTable()) {
    if (*option.paragraph == '\0') continue;
    bool is_said = false;
    for (const std::string& name : NamesOf(option)) {
      const std::string plain = name.substr(name.front() == '!' ? 1 : 0);
      is_said |= said[plain].erase({option.paragraph, option.example}) > 0;
    }
    EXPECT_TRUE(is_said) << option.names << ": " << option.paragraph;
  }
  for (const auto& [name, texts] : said) {
    if (name == "--help" || name == "--version") continue;  // the parser's own
    EXPECT_TRUE(texts.empty()) << name << ": in the README alone: " << texts.begin()->first;
  }
}

// A file that somebody left in a folder must not say where packets go, or what is written.
TEST(OptionTable, AFoundFileOnlySelectsDissectsAndShapes) {
  const std::set<std::string> groups = {"Selection", "Dissection (as tshark's)", "Destinations"};
  const std::set<std::string> never = {"--node", "--output"};
  for (const Option& option : OptionTable()) {
    if (!option.in_found_file) continue;
    EXPECT_TRUE(groups.contains(option.group)) << option.names;
    EXPECT_FALSE(never.contains(option.names)) << option.names;
  }
}

class ResumeKeyTest : public ArgumentParser {
 protected:
  // A value that isn't the default.
  static std::string SampleOf(const Option& option) {
    if (!option.choices.empty()) return option.choices.back();
    if (option.range) return std::to_string(option.range->least + 1);
    CaptureSettings settings;
    SettingsOfCommand all{.program = &settings, .server = &settings, .capture = &settings};
    const Setting setting = option.setting(all);
    const bool is_text = std::holds_alternative<std::string*>(setting) ||
                         std::holds_alternative<std::optional<std::string>*>(setting) ||
                         std::holds_alternative<std::vector<std::string>*>(setting);
    return is_text ? "x" : "7";
  }
};

// Also asks of whoever adds an option whether it changes documents.
TEST_F(ResumeKeyTest, ChangesWithEachOptionThatChangesDocumentsAndWithNoOther) {
  const std::string key = app::ResumeKey(SettingsOf({}));
  for (const Option& option : OptionTable()) {
    if ((option.commands & kCaptureCommand) == 0) continue;
    if (std::string(option.names) == "--config") continue;  // its file would have to be there
    std::string name = NamesOf(option).back();
    if (name.front() == '!') name.erase(0, 1);
    const std::string sample = SampleOf(option);
    std::vector<const char*> arguments = {name.c_str()};
    if (*option.value != '\0') arguments.push_back(sample.c_str());
    EXPECT_EQ(app::ResumeKey(SettingsOf(arguments)) != key, option.in_resume_key) << option.names;
  }
}

// The key of release 0.1.0: its state files go on to count.
TEST_F(ResumeKeyTest, IsWhatEarlierReleasesWrote) {
  EXPECT_EQ(app::ResumeKey(SettingsOf({})),
            "node \noutput \nformat -1\nhex false\nbpf \nfilter \ntwo-pass false\n"
            "index packets-%Y-%m-%d\nshards 1 0\n\n\n\n\n\n\n"
            "typed false\necs false\nlimits 450 33554432 0\nfields \nprotocols \n"
            "resolve false default\n");
  EXPECT_EQ(app::ResumeKey(SettingsOf({"--format", "text", "--hash", "flow", "--node", "a:9200",
                                       "-o", "tcp.x:TRUE", "--fields", "ip.src", "-n"})),
            "node a:9200\noutput \nformat 2\nhex false\nbpf \nfilter \ntwo-pass false\n"
            "index packets-%Y-%m-%d\nshards 1 1\ntcp.x:TRUE\n\n\n\n\n\n"
            "typed false\necs false\nlimits 450 33554432 0\nfields ip.src\nprotocols \n"
            "resolve true default\n");
}

}  // namespace
}  // namespace espcap::cli
