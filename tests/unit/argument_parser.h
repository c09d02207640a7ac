// SPDX-License-Identifier: GPL-2.0-or-later
//
// Parses command lines in a directory of its own, where ./espcap.yml says nothing: no other
// configuration file is found.
#ifndef ESPCAP_TESTS_UNIT_ARGUMENT_PARSER_H_
#define ESPCAP_TESTS_UNIT_ARGUMENT_PARSER_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "cli/arguments.h"
#include "temporary_directory.h"

namespace espcap::cli {

class ArgumentParser : public ::testing::Test {
 protected:
  ArgumentParser() : before_(std::filesystem::current_path()) {
    directory_.Write("espcap.yml", "");
    std::filesystem::current_path(directory_.Path());
  }
  ~ArgumentParser() override { std::filesystem::current_path(before_); }

  static Result<Invocation> Parse(const std::vector<const char*>& arguments) {
    std::vector<const char*> argv = {"espcap"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return ParseArguments(static_cast<int>(argv.size()), argv.data());
  }

  static CaptureSettings SettingsOf(const std::vector<const char*>& arguments) {
    auto parsed = Parse(arguments);
    if (parsed && std::holds_alternative<CaptureSettings>(*parsed))
      return std::get<CaptureSettings>(*parsed);
    ADD_FAILURE() << (parsed ? "no settings" : parsed.error().message);
    return {};
  }

  static std::string ErrorOf(const std::vector<const char*>& arguments) {
    const auto parsed = Parse(arguments);
    if (!parsed) return parsed.error().message;
    ADD_FAILURE() << "no error";
    return {};
  }

  const espcap::testing::TemporaryDirectory directory_;

 private:
  const std::filesystem::path before_;
};

}  // namespace espcap::cli

#endif  // ESPCAP_TESTS_UNIT_ARGUMENT_PARSER_H_
