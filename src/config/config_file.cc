// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/config_file.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

namespace espcap::config {
namespace {

Result<Setting> ReadSetting(const std::string& path, const YAML::Node& key,
                            const YAML::Node& value) {
  const int line = key.Mark().line + 1;
  if (!key.IsScalar()) return Fail("{}:{}: a key must be an option's name", path, line);
  Setting setting{key.Scalar(), {}, value.IsSequence(), line};
  const auto wrong_value = [&] {
    return Fail("{}:{}: '{}' accepts a value or a list of values", path, line, setting.key);
  };
  if (value.IsScalar()) {
    setting.values.push_back(value.Scalar());
  } else if (value.IsSequence()) {
    for (const YAML::Node& entry : value) {
      if (!entry.IsScalar()) return wrong_value();
      setting.values.push_back(entry.Scalar());
    }
  } else {
    return wrong_value();
  }
  return setting;
}

// Where a document's first value is.
class FirstMark final : public YAML::EventHandler {
 public:
  [[nodiscard]] int line() const { return line_.value_or(0) + 1; }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { Note(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { Note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& /*value*/) override {
    Note(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {
    Note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    Note(mark);
  }
  void OnMapEnd() override {}

 private:
  void Note(const YAML::Mark& mark) {
    if (!line_) line_ = std::max(mark.line, 0);
  }

  std::optional<int> line_;
};

// The line of a second document; none: there is none. No further ones are asked for: in a text that
// begins with a comma, yaml-cpp finds documents without end.
std::optional<int> SecondDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  FirstMark first;
  FirstMark second;
  if (!parser.HandleNextDocument(first) || !parser.HandleNextDocument(second)) return std::nullopt;
  return second.line();
}

}  // namespace

Result<ConfigFile> ReadConfigFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return Fail("read {}: is a directory", path);
  const std::ifstream file(path);
  std::stringstream text;
  if (file) text << file.rdbuf();
  if (!file) return Fail("read {}: {}", path, std::generic_category().message(errno));

  ConfigFile config{path, {}};
  try {
    if (const auto line = SecondDocument(text.str())) {
      return Fail("{}:{}: a second document; one file holds one", path, *line);
    }
    const YAML::Node root = YAML::Load(text.str());
    if (root.IsNull()) return config;
    if (!root.IsMap()) return Fail("{}:1: not a list of 'option: value' lines", path);
    std::set<std::string> seen;
    for (const auto& entry : root) {
      auto setting = ReadSetting(path, entry.first, entry.second);
      if (!setting) return Forward(std::move(setting));
      if (!seen.insert(setting->key).second) {
        return Fail("{}:{}: '{}' is there twice; remove one", path, setting->line, setting->key);
      }
      config.settings.push_back(std::move(*setting));
    }
  } catch (const YAML::Exception& bad) {
    return Fail("{}:{}: {}", path, bad.mark.line + 1, bad.msg);
  }
  return config;
}

std::optional<std::string> FindConfigFile() {
  constexpr std::array<const char*, 4> kPlaces = {"./espcap.yml", "../config/espcap.yml",
                                                  "config/espcap.yml", "/etc/espcap/espcap.yml"};
  for (const char* place : kPlaces) {
    std::error_code error;
    if (std::filesystem::exists(place, error)) return place;
  }
  return std::nullopt;
}

}  // namespace espcap::config
