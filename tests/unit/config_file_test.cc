// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/config_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "temporary_directory.h"

namespace espcap::config {
namespace {

using espcap::testing::TemporaryDirectory;

class ConfigFileTest : public ::testing::Test {
 protected:
  Result<ConfigFile> Read(const std::string& text) {
    return ReadConfigFile(directory_.Write("espcap.yml", text));
  }

  // `what` follows the file's name.
  void ExpectError(const std::string& text, const std::string& what) {
    SCOPED_TRACE(text);
    const auto config = Read(text);
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().message.find(directory_.Path("espcap.yml") + what), 0U)
        << config.error().message;
  }

  const TemporaryDirectory directory_;
};

TEST_F(ConfigFileTest, ReadsScalarsAndListsWithTheirLines) {
  const auto config = Read(
      "# where to\n"
      "node: localhost:9200  # here\n"
      "\n"
      "file: [a.pcap, 'b c.pcap']\n"
      "preference:\n"
      "  - tcp.desegment_tcp_streams:FALSE\n"
      "  # one more\n"
      "  - \"tls.keylog_file:keys.log\"\n"
      "count: 10\n"
      "quiet: true\n"
      "index: 'packets-%Y'\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->path, directory_.Path("espcap.yml"));
  using Values = std::vector<std::string>;
  const Setting expected[] = {
      {"node", Values{"localhost:9200"}, false, 2},
      {"file", Values{"a.pcap", "b c.pcap"}, true, 4},
      {"preference", Values{"tcp.desegment_tcp_streams:FALSE", "tls.keylog_file:keys.log"}, true,
       5},
      {"count", Values{"10"}, false, 9},
      {"quiet", Values{"true"}, false, 10},
      {"index", Values{"packets-%Y"}, false, 11},
  };
  ASSERT_EQ(config->settings.size(), std::size(expected));
  for (size_t i = 0; i < std::size(expected); ++i) {
    const Setting& setting = config->settings[i];
    SCOPED_TRACE(expected[i].key);
    EXPECT_EQ(setting.key, expected[i].key);
    EXPECT_EQ(setting.values, expected[i].values);
    EXPECT_EQ(setting.is_list, expected[i].is_list);
    EXPECT_EQ(setting.line, expected[i].line);
  }
}

TEST_F(ConfigFileTest, AnEmptyListHasNoValues) {
  const auto config = Read("file: []\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->settings.size(), 1U);
  EXPECT_TRUE(config->settings[0].is_list);
  EXPECT_TRUE(config->settings[0].values.empty());
}

TEST_F(ConfigFileTest, AFileThatSaysNothingHasNoSettings) {
  for (const char* text : {"", "\n\n", "# node: localhost\n# file: a.pcap\n", "---\n", "{}\n"}) {
    const auto config = Read(text);
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_TRUE(config->settings.empty()) << text;
  }
}

TEST_F(ConfigFileTest, TakesWindowsLineEnds) {
  const auto config = Read("count: 10\r\nquiet: true\r\n");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->settings.size(), 2U);
  EXPECT_EQ(config->settings[0].values.front(), "10");
  EXPECT_EQ(config->settings[1].values.front(), "true");
  EXPECT_EQ(config->settings[1].line, 2);
}

TEST_F(ConfigFileTest, AKeyThatStandsThereTwiceIsAnErrorAtItsSecondLine) {
  ExpectError("count: 1\nquiet: true\ncount: 2\n", ":3: 'count' is there twice; remove one");
  ExpectError("count: 1\n\"count\": 2\n", ":2: 'count' is there twice; remove one");
}

TEST_F(ConfigFileTest, ValuesAreScalarsOrListsOfThem) {
  ExpectError("quiet: true\nnode: {host: localhost}\n", ":2: 'node' accepts a value or a list");
  ExpectError("node:\n  host: localhost\n", ":1: 'node' accepts a value or a list");
  ExpectError("file: [[a.pcap]]\n", ":1: 'file' accepts a value or a list");
  ExpectError("\n\nfile: [a: b]\n", ":3: 'file' accepts a value or a list");
  ExpectError("file: [a.pcap, ~]\n", ":1: 'file' accepts a value or a list");
  ExpectError("file:\n", ":1: 'file' accepts a value or a list");
}

TEST_F(ConfigFileTest, TheFileIsAMapOfNames) {
  ExpectError("just text\n", ":1: not a list of 'option: value' lines");
  ExpectError("- node\n", ":1: not a list of 'option: value' lines");
  ExpectError("count: 1\n? [a, b]\n: c\n", ":2: a key must be an option's name");
  ExpectError("count: 1\n~: c\n", ":2: a key must be an option's name");
}

TEST_F(ConfigFileTest, BadYamlIsAnErrorWithFileAndLine) {
  ExpectError("count: 1\nfile: [a.pcap\nquiet: true\n", ":");
  ExpectError("count: 1\n\tquiet: true\n", ":2: ");
  ExpectError("count: 1\nquiet: true: false\n", ":2: ");
  ExpectError("count: *other\n", ":1: ");
  ExpectError("count: 1\nquiet\nnode: x\n", ":");
}

// A line number of 0 would send the reader nowhere.
TEST_F(ConfigFileTest, NoErrorIsAtLineZero) {
  for (const std::string& text :
       {std::string("\xFF\xFE\xFF"), std::string("a: \x01\n"), std::string("a: b\0c: d", 9),
        std::string("%YAML 9.9\n---\na: b\n"), std::string(10'000, '['), std::string("a: !<\n"),
        std::string("&a: *a\n"), std::string("a: \"\\x\"\n")}) {
    const auto config = Read(text);
    if (config) continue;
    EXPECT_EQ(config.error().message.find(":0:"), std::string::npos) << config.error().message;
  }
}

// What follows a document's end would be left out without a word.
TEST_F(ConfigFileTest, ASecondDocumentIsNotIgnored) {
  const auto config = Read("count: 1\n---\nquiet: true\n");
  EXPECT_TRUE(!config || config->settings.size() == 2);
}

// yaml-cpp finds documents without end in it.
TEST_F(ConfigFileTest, ATextThatBeginsWithACommaEnds) {
  for (const char* text : {",", ",a: 1\n", "# a comment\n, a: 1\n"}) {
    const auto config = Read(text);
    EXPECT_TRUE(!config || config->settings.empty()) << text;
  }
}

TEST_F(ConfigFileTest, AFileThatCantBeReadIsAnErrorThatNamesIt) {
  const auto missing = ReadConfigFile(directory_.Path("missing.yml"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message,
            "read " + directory_.Path("missing.yml") + ": No such file or directory");
  const auto directory = ReadConfigFile(directory_.Path());
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message, "read " + directory_.Path() + ": is a directory");
}

TEST_F(ConfigFileTest, IsSearchedWhereEspcapSearched) {
  directory_.Write("work/here", "");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_.Path("work"));
  // The last place first: each is found before those that are there already.
  for (const char* place : {"config/espcap.yml", "../config/espcap.yml", "./espcap.yml"}) {
    directory_.Write(std::string("work/") + place, "");
    EXPECT_EQ(FindConfigFile(), place);
  }
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace espcap::config
