// SPDX-License-Identifier: GPL-2.0-or-later
//
// espcap.yml: long options as keys. This folder reads and locates; what a key means is the command
// line's business.
#ifndef ESPCAP_CONFIG_CONFIG_FILE_H_
#define ESPCAP_CONFIG_CONFIG_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "espcap/result.h"

namespace espcap::config {

struct Setting {
  std::string key;
  std::vector<std::string> values;  // one, or those of a list
  bool is_list = false;
  int line = 0;  // from 1
};

struct ConfigFile {
  std::string path;
  std::vector<Setting> settings;  // in the file's order
};

// An error names file and line. A file that is empty or all comments has no settings.
Result<ConfigFile> ReadConfigFile(const std::string& path);

// The first that exists of ./espcap.yml, ../config/espcap.yml, config/espcap.yml and
// /etc/espcap/espcap.yml, as Espcap searched.
std::optional<std::string> FindConfigFile();

}  // namespace espcap::config

#endif  // ESPCAP_CONFIG_CONFIG_FILE_H_
