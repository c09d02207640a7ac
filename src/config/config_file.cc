// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/config_file.h"

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
    const std::vector<YAML::Node> documents = YAML::LoadAll(text.str());
    if (documents.empty()) return config;
    if (documents.size() > 1) {
      return Fail("{}:{}: a second document; one file holds one", path,
                  std::max(1, documents[1].Mark().line + 1));
    }
    const YAML::Node& root = documents.front();
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
