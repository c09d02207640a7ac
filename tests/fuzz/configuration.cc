// SPDX-License-Identifier: GPL-2.0-or-later
//
// An espcap.yml of any content, named on the command line, and found in the working directory: what
// may have come with captures doesn't say where documents go.
#include <filesystem>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "../unit/temporary_directory.h"
#include "cli/arguments.h"
#include "config/config_file.h"
#include "targets.h"

namespace espcap::fuzz {
namespace {

void CheckFile(const config::ConfigFile& file) {
  std::set<std::string> keys;
  for (const config::Setting& setting : file.settings) {
    Require(keys.insert(setting.key).second, "a key is there once", setting.key);
    Require(setting.line >= 1, "a setting has its line");
    Require(setting.is_list || setting.values.size() == 1, "a setting has one value, or a list");
  }
}

Result<cli::Invocation> Parse(std::initializer_list<const char*> arguments) {
  return cli::ParseArguments(static_cast<int>(arguments.size()), arguments.begin());
}

// Where ./espcap.yml is found.
Result<cli::Invocation> ParseIn(const std::string& folder,
                                std::initializer_list<const char*> arguments) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder);
  auto parsed = Parse(arguments);
  std::filesystem::current_path(before);
  return parsed;
}

}  // namespace

void Configuration(Bytes bytes) {
  static const espcap::testing::TemporaryDirectory folder(espcap::testing::QuickParent());
  static const std::string path = folder.Path("espcap.yml");
  const std::string_view text = Input(bytes).Rest();
  folder.Write("espcap.yml", text);
  const auto file = config::ReadConfigFile(path);
  Require(file || file.error().message.find(path) != std::string::npos, "an error names the file",
          file ? "" : file.error().message);
  if (!file) return;
  CheckFile(*file);
  if (file->settings.empty()) return;  // to parse a command line takes long
  const auto named = Parse({"espcap", "--file", "a.pcap", "--config", path.c_str()});
  if (!named) return Require(!named.error().message.empty(), "an error says what is wrong");
  const auto found = ParseIn(folder.Path(), {"espcap", "--file", "a.pcap"});
  if (!found) return Require(!found.error().message.empty(), "an error says what is wrong");
  const auto& settings = std::get<cli::CaptureSettings>(*found);
  const cli::CaptureSettings usual;
  Require(settings.nodes == usual.nodes && settings.output == usual.output,
          "a file that is found doesn't say where documents go");
}

}  // namespace espcap::fuzz
