// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "argument_parser.h"

namespace espcap::cli {
namespace {

using Strings = std::vector<std::string>;
using ArgumentsTest = ArgumentParser;

TEST_F(ArgumentsTest, WithoutOptionsTheDefaultsHold) {
  const CaptureSettings settings = SettingsOf({});
  EXPECT_TRUE(settings.files.empty());
  EXPECT_TRUE(settings.directories.empty());
  EXPECT_FALSE(settings.recursive);
  EXPECT_TRUE(settings.interfaces.empty());
  EXPECT_FALSE(settings.list);
  EXPECT_TRUE(settings.nodes.empty());
  EXPECT_EQ(settings.output, "");
  EXPECT_EQ(settings.format, "");
  EXPECT_FALSE(settings.hex);
  EXPECT_EQ(settings.count, 0U);
  EXPECT_EQ(settings.capture_filter, "");
  EXPECT_EQ(settings.display_filter, "");
  EXPECT_TRUE(settings.fields.empty());
  EXPECT_TRUE(settings.protocols.empty());
  EXPECT_FALSE(settings.dissection.no_name_resolution);
  EXPECT_FALSE(settings.dissection.name_resolution);
  EXPECT_FALSE(settings.two_pass);
  EXPECT_EQ(settings.chunk, 1000U);
  EXPECT_EQ(settings.chunk_bytes, 8U * 1024 * 1024);
  EXPECT_FALSE(settings.compress);
  EXPECT_EQ(settings.index, "packets-%Y-%m-%d");
  EXPECT_FALSE(settings.no_template);
  EXPECT_FALSE(settings.quiet);
  EXPECT_FALSE(settings.verbose);
  EXPECT_TRUE(settings.warnings.empty());
  EXPECT_EQ(settings.config_used, "");
}

TEST_F(ArgumentsTest, EachOptionSetsItsSetting) {
  const CaptureSettings settings = SettingsOf(
      {"--recursive", "--list",        "--output",  "out.ndjson", "--format",   "text",
       "--hex",       "--count",       "5",         "--bpf",      "port 53",    "--filter",
       "dns && ip",   "--no-resolve",  "--resolve", "mN",         "--two-pass", "--chunk",
       "10",          "--chunk-bytes", "1M",        "--index",    "lab-%Y",     "--no-template",
       "--quiet",     "--verbose"});
  EXPECT_TRUE(settings.recursive);
  EXPECT_TRUE(settings.list);
  EXPECT_EQ(settings.output, "out.ndjson");
  EXPECT_EQ(settings.format, "text");
  EXPECT_TRUE(settings.hex);
  EXPECT_EQ(settings.count, 5U);
  EXPECT_EQ(settings.capture_filter, "port 53");
  EXPECT_EQ(settings.display_filter, "dns && ip");
  EXPECT_TRUE(settings.dissection.no_name_resolution);
  EXPECT_EQ(settings.dissection.name_resolution, "mN");
  EXPECT_TRUE(settings.two_pass);
  EXPECT_EQ(settings.chunk, 10U);
  EXPECT_EQ(settings.chunk_bytes, 1024U * 1024);
  EXPECT_EQ(settings.index, "lab-%Y");
  EXPECT_TRUE(settings.no_template);
  EXPECT_TRUE(settings.quiet);
  EXPECT_TRUE(settings.verbose);
}

TEST_F(ArgumentsTest, RepeatableOptionsKeepTheirOrder) {
  struct Case {
    const char* option;
    Strings CaptureSettings::*values;
  };
  const Case cases[] = {
      {"--file", &CaptureSettings::files},          {"--dir", &CaptureSettings::directories},
      {"--nic", &CaptureSettings::interfaces},      {"--interface", &CaptureSettings::interfaces},
      {"--node", &CaptureSettings::nodes},          {"--fields", &CaptureSettings::fields},
      {"--protocols", &CaptureSettings::protocols},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.option);
    const std::string third = std::string(c.option) + "=[::1]";
    EXPECT_EQ(SettingsOf({c.option, "b", c.option, "a", third.c_str()}).*c.values,
              (Strings{"b", "a", "[::1]"}));
  }
  EXPECT_EQ(SettingsOf({"--nic", "b", "--interface", "a"}).interfaces, (Strings{"b", "a"}));
}

TEST_F(ArgumentsTest, RepeatableDissectionOptionsKeepTheirOrder) {
  using Options = DissectionSettings;
  struct Case {
    const char* option;
    Strings Options::*values;
  };
  const Case cases[] = {
      {"-o", &Options::preferences},
      {"--preference", &Options::preferences},
      {"-d", &Options::decode_as},
      {"--decode-as", &Options::decode_as},
      {"--enable-protocol", &Options::enable_protocols},
      {"--disable-protocol", &Options::disable_protocols},
      {"--enable-heuristic", &Options::enable_heuristics},
      {"--disable-heuristic", &Options::disable_heuristics},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.option);
    EXPECT_EQ(SettingsOf({c.option, "b:1,x", c.option, "a"}).dissection.*c.values,
              (Strings{"b:1,x", "a"}));
  }
}

TEST_F(ArgumentsTest, TsharksLettersDoTheSame) {
  const CaptureSettings settings = SettingsOf({"-n", "-N", "d", "-2", "--file", "a.pcap"});
  EXPECT_TRUE(settings.dissection.no_name_resolution);
  EXPECT_EQ(settings.dissection.name_resolution, "d");
  EXPECT_TRUE(settings.two_pass);
}

// Names are the user's: nothing in them is ours to interpret.
TEST_F(ArgumentsTest, FileNamesAreTakenAsTheyAre) {
  const CaptureSettings settings =
      SettingsOf({"--file", "-", "--file", "a b,c.pcap", "--file", "[x]", "--file", "{x}", "--file",
                  "x=y", "--file", "\xC3\xA4", "--output", "-"});
  EXPECT_EQ(settings.files, (Strings{"-", "a b,c.pcap", "[x]", "{x}", "x=y", "\xC3\xA4"}));
  EXPECT_EQ(settings.output, "-");
}

TEST_F(ArgumentsTest, AValueCanEndInAnEqualsSign) {
  const CaptureSettings settings =
      SettingsOf({"--file=a=", "--preference=a.key:MTIzNA==", "--filter", "="});
  EXPECT_EQ(settings.files, Strings{"a="});
  EXPECT_EQ(settings.dissection.preferences, Strings{"a.key:MTIzNA=="});
  EXPECT_EQ(settings.display_filter, "=");
}

TEST_F(ArgumentsTest, CompressionIsAskedForOrForbidden) {
  EXPECT_EQ(SettingsOf({"--compress"}).compress, true);
  EXPECT_EQ(SettingsOf({"--no-compress"}).compress, false);
}

TEST_F(ArgumentsTest, FormatsHaveNames) {
  EXPECT_EQ(SettingsOf({"--format", "ndjson"}).format, "ndjson");
  EXPECT_EQ(SettingsOf({"--format", "bulk"}).format, "bulk");
  EXPECT_EQ(SettingsOf({"--format", "text"}).format, "text");
}

TEST_F(ArgumentsTest, AnUnknownFormatIsAnErrorThatNamesTheKnownOnes) {
  for (const char* format : {"xml", "1", "", "NDJSON "}) {
    const std::string error = ErrorOf({"--format", format});
    EXPECT_EQ(error.find("--format"), 0U) << error;
    for (const char* known : {"ndjson", "bulk", "text"}) {
      EXPECT_NE(error.find(known), std::string::npos) << error;
    }
  }
}

TEST_F(ArgumentsTest, SizesHaveUnits) {
  struct Case {
    const char* size;
    uint64_t bytes;
  };
  const Case cases[] = {{"8M", 8U << 20U}, {"64k", 64U << 10U}, {"64K", 64U << 10U},
                        {"1024", 1024},    {"2G", 2ULL << 30U}, {"16kb", 16U << 10U},
                        {"4 M", 4U << 20U}};
  for (const Case& c : cases) {
    EXPECT_EQ(SettingsOf({"--chunk-bytes", c.size}).chunk_bytes, c.bytes) << c.size;
  }
}

TEST_F(ArgumentsTest, NumbersOutOfRangeAreErrorsThatNameTheOption) {
  struct Case {
    const char* option;
    const char* value;
  };
  const Case cases[] = {
      {"--chunk-bytes", "100"},  // less than a document
      {"--chunk-bytes", "3G"},  {"--chunk-bytes", "8x"},
      {"--chunk-bytes", "-8M"}, {"--chunk-bytes", "99999999999999999999"},
      {"--chunk", "0"},         {"--chunk", "1000001"},
      {"--chunk", "-1"},        {"--chunk", "many"},
      {"--count", "-1"},        {"--count", "ten"},
      {"--count", "1.5"},       {"--count", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.value);
    const std::string error = ErrorOf({c.option, c.value});
    EXPECT_NE(error.find(c.option), std::string::npos) << error;
  }
}

TEST_F(ArgumentsTest, AnUnknownOptionIsAnErrorWithTheNearestOne) {
  struct Case {
    std::vector<const char*> arguments;
    const char* error;
  };
  const Case cases[] = {
      {{"--fil", "a.pcap"}, "unknown option or argument '--fil'; did you mean --file?"},
      {{"--nodes", "x"}, "unknown option or argument '--nodes'; did you mean --node?"},
      {{"--file", "a.pcap", "--two-pas"},
       "unknown option or argument '--two-pas'; did you mean --two-pass?"},
      {{"--flie=capture-with-a-long-name.pcap"},
       "unknown option or argument '--flie=capture-with-a-long-name.pcap'; did you mean --file?"},
      {{"--something-else"}, "unknown option or argument '--something-else'"},
      {{"a.pcap"}, "unknown option or argument 'a.pcap'"},
      {{"--file", "a.pcap", "b.pcap"}, "unknown option or argument 'b.pcap'"},
      {{"-x"}, "unknown option or argument '-x'"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorOf(c.arguments), std::string(c.error) + "; --help lists the options");
  }
}

// The options of the command that was given, not of the one without a name.
TEST_F(ArgumentsTest, AnUnknownOptionOfACommandIsAnErrorWithTheNearestOneOfIt) {
  struct Case {
    std::vector<const char*> arguments;
    const char* error;
  };
  const Case cases[] = {
      {{"packets", "*", "--write", "x"}, "packets: unknown option or argument '--write'"},
      {{"packets", "*", "--nod", "x"},
       "packets: unknown option or argument '--nod'; did you mean --node?"},
      {{"show", "x", "--nic", "lo"}, "show: unknown option or argument '--nic'"},
      {{"fields", "--nmes"}, "fields: unknown option or argument '--nmes'; did you mean --names?"},
      {{"template", "packets"}, "template: unknown option or argument 'packets'"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorOf(c.arguments),
              fmt::format("{}; espcap {} --help lists the options", c.error, c.arguments.front()));
  }
  EXPECT_NE(ErrorOf({"packets"}).find("; espcap packets --help lists the options"),
            std::string::npos);
}

TEST_F(ArgumentsTest, WhatIsNoNumberIsNamed) {
  const auto expected = [](const std::string& option, const std::string& value) {
    return option + ": '" + value + "' is not a number that is 0 or more; --help lists the options";
  };
  EXPECT_EQ(ErrorOf({"--count", "many"}), expected("--count", "many"));
  EXPECT_EQ(ErrorOf({"--count", "-5"}), expected("--count", "-5"));
  EXPECT_EQ(ErrorOf({"--duration", "-5"}), expected("--duration", "-5"));
}

TEST_F(ArgumentsTest, AMissingOrSecondValueIsAnErrorThatNamesTheOption) {
  EXPECT_NE(ErrorOf({"--file"}).find("--file"), std::string::npos);
  EXPECT_NE(ErrorOf({"--count"}).find("--count"), std::string::npos);
  EXPECT_NE(ErrorOf({"--count", "1", "--count", "2"}).find("--count"), std::string::npos);
  EXPECT_NE(ErrorOf({"--quiet=maybe"}).find("--quiet"), std::string::npos);
}

// `--spool="$UNSET" --quiet` in a script would be a run without a spool.
TEST_F(ArgumentsTest, AnEmptyValueIsAnErrorThatSaysWhatToGive) {
  const auto expected = [](const char* option, const char* value) {
    return fmt::format(
        "{}: the value is empty; give {}, or leave the option out; --help lists the options",
        option, value);
  };
  EXPECT_EQ(ErrorOf({"--spool", "", "--quiet"}), expected("--spool", "DIR"));
  EXPECT_EQ(ErrorOf({"--node", ""}), expected("--node", "URL"));
  EXPECT_EQ(ErrorOf({"--file", ""}), expected("--file", "PATH"));
  EXPECT_EQ(ErrorOf({"--spool=", "--quiet"}), "--spool=: the value is missing");
  EXPECT_EQ(ErrorOf({"packets", ""}),
            "QUERY: the value is empty; espcap packets --help lists the options");
}

TEST_F(ArgumentsTest, AnEmptyFilterMatchesAll) {
  for (const char* option : {"--bpf", "--filter"}) EXPECT_TRUE(Parse({option, ""})) << option;
}

TEST_F(ArgumentsTest, HelpPrintsAndEndsWhateverElseIsThere) {
  for (const std::vector<const char*>& arguments : {std::vector<const char*>{"--help"},
                                                    {"-h"},
                                                    {"--file", "a.pcap", "--help"},
                                                    {"--help", "--config", "missing.yml"}}) {
    const auto parsed = Parse(arguments);
    ASSERT_TRUE(parsed) << parsed.error().message;
    ASSERT_TRUE(std::holds_alternative<PrintAndExit>(*parsed));
    const std::string& text = std::get<PrintAndExit>(*parsed).text;
    for (const char* expected : {"--file", "--node", "--chunk-bytes", "--preference", "Examples"}) {
      EXPECT_NE(text.find(expected), std::string::npos) << expected;
    }
  }
}

TEST_F(ArgumentsTest, VersionIsPrintedAsTheProgramGivesIt) {
  const auto parsed =
      ParseArguments(2, std::vector<const char*>{"espcap", "--version"}.data(), nullptr, "1.2, 3");
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_TRUE(std::holds_alternative<PrintAndExit>(*parsed));
  EXPECT_EQ(std::get<PrintAndExit>(*parsed).text, "1.2, 3\n");
}

}  // namespace
}  // namespace espcap::cli
