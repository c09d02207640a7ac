// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/option.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>
#include <string>
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
  for (const Commands command : {kCaptureCommand, kResendCommand, kTemplateCommand, kFieldsCommand,
                                 kQueryCommand, kPacketsCommand, kShowCommand}) {
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

// docs/options.md has them as they are: Reference.InTheRepositoryIsThatOfTheTable.
TEST(OptionTable, SaysWhatElseThereIsInSentences) {
  for (const Option& option : OptionTable()) {
    const std::string text = option.paragraph;
    if (text.empty()) continue;
    EXPECT_TRUE(std::isupper(text.front()) || text.front() == '`') << option.names;
    EXPECT_EQ(text.back(), '.') << option.names;
  }
}

TEST(OptionTable, ShowsEachValueInAnExampleOfItsOwnOption) {
  for (const Option& option : OptionTable()) {
    const bool is_argument = option.names[0] != '-' && option.names[0] != '!';
    if (is_argument || *option.value == '\0') continue;
    const std::vector<std::string> names = NamesOf(option);
    const std::string example = option.example;
    EXPECT_TRUE(std::any_of(names.begin(), names.end(),
                            [&example](const std::string& name) {
                              return (" " + example + " ").find(" " + name + " ") !=
                                     std::string::npos;
                            }))
        << option.names << ": " << example;
  }
}

// A file that somebody left in a folder must not say where packets go, or what is written.
TEST(OptionTable, AFoundFileOnlySelectsDissectsAndShapes) {
  const std::set<std::string> groups = {"Selection", "Dissection (as tshark's)", "Destinations"};
  const std::set<std::string> never = {"--node", "--output", "--forward"};
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

// Also asks everyone who adds an option whether it changes documents.
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
