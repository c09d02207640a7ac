// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/preferences.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_name.h"
#include "dissect/decode_as.h"
#include "source/wireshark_places.h"

namespace espcap::dissect {
namespace {

guint AddPreference(pref_t* preference, gpointer names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(prefs_get_name(preference));
  return 0;
}

// Names of a module's preferences, "tls.keylog_file"; empty where there is no such module.
std::vector<std::string> PreferencesLike(const std::string& name) {
  const std::string module_name = name.substr(0, name.find('.'));
  std::vector<std::string> names;
  if (module_t* module = prefs_find_module(module_name.c_str()); module != nullptr) {
    prefs_pref_foreach(module, AddPreference, &names);
    for (std::string& preference : names) preference.insert(0, module_name + ".");
  }
  return names;
}

Result<void> SetPreference(const std::string& setting) {
  std::string argument = setting;  // prefs_set_pref cuts the text it is given
  char* raw_message = nullptr;
  const prefs_set_pref_e outcome = prefs_set_pref(argument.data(), &raw_message);
  const wireshark::GString message(raw_message);
  const std::string name = setting.substr(0, setting.find(':'));
  switch (outcome) {
    case PREFS_SET_OK:
      return {};
    case PREFS_SET_SYNTAX_ERR:
      return Fail(
          "-o '{}': {}", setting,
          message == nullptr ? "not a preference and its value, name:value" : message.get());
    case PREFS_SET_NO_SUCH_PREF:
      return Fail("-o '{}': no preference '{}'{}", setting, name,
                  base::DidYouMean(name, PreferencesLike(name)));
    case PREFS_SET_OBSOLETE:
      return Fail("-o '{}': preference '{}' is obsolete", setting, name);
  }
  return Fail("-o '{}': refused", setting);
}

// Null where there is none of this name.
pref_t* FindPreference(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string::npos) return nullptr;
  module_t* module = prefs_find_module(name.substr(0, dot).c_str());
  return module == nullptr ? nullptr : prefs_find_preference(module, name.c_str() + dot + 1);
}

// Some are opened for writing, as soon as they are named.
bool NamesFile(pref_t* preference) {
  const std::string_view type = prefs_pref_type_name(preference);
  return type == "Filename" || type == "Directory";
}

std::vector<std::string> ProtocolNames() {
  std::vector<std::string> names;
  void* cookie = nullptr;
  for (int id = proto_get_first_protocol(&cookie); id != -1;
       id = proto_get_next_protocol(&cookie)) {
    names.emplace_back(proto_get_protocol_filter_name(id));
  }
  return names;
}

Result<void> ForEachProtocol(const char* option, const std::vector<std::string>& names,
                             void (*apply)(const char*)) {
  for (const std::string& name : names) {
    if (proto_get_id_by_filter_name(name.c_str()) == -1) {
      return Fail("{} {}: no such protocol{}", option, name,
                  base::DidYouMean(name, ProtocolNames()));
    }
    apply(name.c_str());
  }
  return {};
}

void AddHeuristic(const gchar* /*table*/, heur_dtbl_entry* entry, gpointer names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(entry->short_name);
}

void AddHeuristicsOfTable(const char* table, heur_dissector_list* /*list*/, gpointer names) {
  heur_dissector_table_foreach(table, AddHeuristic, names);
}

Result<void> SetHeuristics(const char* option, const std::vector<std::string>& names, bool enable) {
  for (const std::string& name : names) {
    if (!wireshark::EnableHeuristic(name.c_str(), enable)) {
      std::vector<std::string> known;
      dissector_all_heur_tables_foreach_table(AddHeuristicsOfTable, &known, nullptr);
      return Fail("{} {}: no such heuristic dissector{}", option, name,
                  base::DidYouMean(name, known));
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> SetForeignPreferences(const std::vector<std::string>& settings) {
  std::vector<std::string> left_out;
  for (const std::string& setting : settings) {
    const std::string name = setting.substr(0, setting.find(':'));
    pref_t* preference = FindPreference(name);
    if (preference == nullptr) {
      left_out.push_back(
          fmt::format("the preference {} is not there in this version; left out", name));
    } else if (NamesFile(preference)) {
      left_out.push_back(fmt::format(
          "the preference {} names a file, which only you may do; -o {} sets it", name, setting));
    } else if (auto set = SetPreference(setting); !set) {
      left_out.push_back(set.error().message + "; left out");
    }
  }
  return left_out;
}

Result<void> SetPreferences(const Options& options) {
  for (const std::string& setting : options.preferences) {
    if (auto set = SetPreference(setting); !set) return set;
  }
  for (const std::string& rule : options.decode_as) {
    if (auto set = DecodeAs(rule); !set) return set;
  }
  if (options.no_name_resolution) disable_name_resolution();
  if (options.name_resolution) {
    const char unknown = wireshark::SetNameResolution(*options.name_resolution, gbl_resolv_flags);
    if (unknown != '\0') {
      return Fail(
          "-N {}: unknown letter '{}'; the letters are d (names from captured DNS packets), "
          "g (places, from MaxMind databases), m (MAC addresses), n (network addresses), N (use "
          "external resolvers), "
          "t (transport ports), v (VLAN ids)",
          *options.name_resolution, unknown);
    }
  }
  return {};
}

Result<void> SetProtocols(const Options& options) {
  if (auto set = ForEachProtocol("--disable-protocol", options.disable_protocols,
                                 [](const char* name) { proto_disable_proto_by_name(name); });
      !set) {
    return set;
  }
  if (auto set = ForEachProtocol("--enable-protocol", options.enable_protocols,
                                 [](const char* name) { proto_enable_proto_by_name(name); });
      !set) {
    return set;
  }
  if (auto set = SetHeuristics("--enable-heuristic", options.enable_heuristics, true); !set) {
    return set;
  }
  return SetHeuristics("--disable-heuristic", options.disable_heuristics, false);
}

}  // namespace espcap::dissect
