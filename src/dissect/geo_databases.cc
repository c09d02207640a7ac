// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/geo_databases.h"

#include <epan/maxmind_db.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <wsutil/processes.h>

#include <algorithm>
#include <cerrno>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "source/wireshark_places.h"

// Older releases' header doesn't say by itself that it is C's.
extern "C" {
#include <wsutil/ws_pipe.h>
}

namespace espcap::dissect {
namespace {

struct CloseDatabase {
  void operator()(MMDB_s* database) const {
    MMDB_close(database);
    delete database;
  }
};
using Database = std::unique_ptr<MMDB_s, CloseDatabase>;

Result<Database> OpenDatabase(const std::string& path) {
  auto database = std::make_unique<MMDB_s>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, database.get());
  if (status == MMDB_SUCCESS) return Database(database.release());
  const int error = errno;
  const bool is_systems = status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR;
  return Fail("open MaxMind database {}: {}; replace it, or remove it", path,
              is_systems ? std::generic_category().message(error) : MMDB_strerror(status));
}

// A value in a database's record, by the keys on the way to it.
template <class... Keys>
std::optional<MMDB_entry_data_s> ValueAt(MMDB_entry_s& entry, Keys... keys) {
  MMDB_entry_data_s value{};
  const int status = MMDB_get_value(&entry, &value, keys..., static_cast<const char*>(nullptr));
  if (status != MMDB_SUCCESS || !value.has_data) return std::nullopt;
  return value;
}

// The database's author chose the width. 0: no number.
template <class... Keys>
uint32_t NumberAt(MMDB_entry_s& entry, Keys... keys) {
  const auto value = ValueAt(entry, keys...);
  if (!value) return 0;
  switch (value->type) {
    case MMDB_DATA_TYPE_UINT16:
      return value->uint16;
    case MMDB_DATA_TYPE_UINT32:
      return value->uint32;
    default:
      return 0;
  }
}

// The first database that has a text keeps it.
template <class... Keys>
void ReadText(MMDB_entry_s& entry, std::string& text, Keys... keys) {
  if (!text.empty()) return;
  const auto value = ValueAt(entry, keys...);
  if (value && value->type == MMDB_DATA_TYPE_UTF8_STRING) {
    text.assign(value->utf8_string, value->data_size);
  }
}

// As mmdbresolve prints them: six digits behind the point.
void ReadDegrees(MMDB_entry_s& entry, std::optional<double>& degrees, const char* key) {
  if (degrees) return;
  constexpr double kMicro = 1e6;
  const auto value = ValueAt(entry, "location", key);
  if (value && value->type == MMDB_DATA_TYPE_DOUBLE) {
    degrees = std::round(value->double_value * kMicro) / kMicro;
  }
}

void ReadRecord(MMDB_entry_s& entry, GeoRecord& record) {
  ReadText(entry, record.continent, "continent", "names", "en");
  ReadText(entry, record.country_iso, "country", "iso_code");
  ReadText(entry, record.country, "country", "names", "en");
  ReadText(entry, record.region_iso, "subdivisions", "0", "iso_code");
  ReadText(entry, record.region, "subdivisions", "0", "names", "en");
  ReadText(entry, record.city, "city", "names", "en");
  ReadText(entry, record.as_organization, "autonomous_system_organization");
  ReadDegrees(entry, record.latitude, "latitude");
  ReadDegrees(entry, record.longitude, "longitude");
  if (record.accuracy_km == 0) {
    record.accuracy_km = static_cast<uint16_t>(NumberAt(entry, "location", "accuracy_radius"));
  }
  if (record.as_number == 0) record.as_number = NumberAt(entry, "autonomous_system_number");
}

// What is known of an address, for espcap and for libwireshark, whose pointers are into the record.
struct Known {
  bool is_found = false;
  GeoRecord record;
  mmdb_lookup_t shown{};
};

void Show(Known& known) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
  };
  const GeoRecord& record = known.record;
  known.shown.found = known.is_found ? TRUE : FALSE;
  known.shown.country = or_null(record.country);
  known.shown.country_iso = or_null(record.country_iso);
  known.shown.city = or_null(record.city);
  known.shown.as_number = record.as_number;
  known.shown.as_org = or_null(record.as_organization);
  known.shown.latitude = record.latitude.value_or(DBL_MAX);
  known.shown.longitude = record.longitude.value_or(DBL_MAX);
  known.shown.accuracy = record.accuracy_km;
}

class GeoDatabases {
 public:
  void Add(Database database) { databases_.push_back(std::move(database)); }
  [[nodiscard]] bool empty() const { return databases_.empty(); }

  const Known& LookUp(std::span<const uint8_t> address) {
    if (empty()) return Unknown();
    const std::string key(reinterpret_cast<const char*>(address.data()), address.size());
    if (const auto found = recent_.find(key); found != recent_.end()) return found->second;
    if (recent_.size() >= kMostRecent) earlier_ = std::exchange(recent_, {});
    // What was handed out stays in its place in memory, whichever table it is in.
    if (auto found = earlier_.extract(key)) {
      return recent_.insert(std::move(found)).position->second;
    }
    Known& known = recent_[key];
    Read(address, known);
    Show(known);
    return known;
  }

 private:
  static constexpr size_t kMostRecent = 32'768;

  static const Known& Unknown() {
    static const Known unknown = [] {
      Known made;
      Show(made);
      return made;
    }();
    return unknown;
  }

  void Read(std::span<const uint8_t> address, Known& known) const {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const bool is_v4 = address.size() == sizeof(v4.sin_addr);
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    std::memcpy(is_v4 ? static_cast<void*>(&v4.sin_addr) : static_cast<void*>(&v6.sin6_addr),
                address.data(), address.size());
    const auto* wanted =
        is_v4 ? reinterpret_cast<const sockaddr*>(&v4) : reinterpret_cast<const sockaddr*>(&v6);
    for (const Database& database : databases_) {
      int error = MMDB_SUCCESS;  // an IPv6 address in a database of IPv4, for example
      MMDB_lookup_result_s result = MMDB_lookup_sockaddr(database.get(), wanted, &error);
      if (error != MMDB_SUCCESS || !result.found_entry) continue;
      known.is_found = true;
      ReadRecord(result.entry, known.record);
    }
  }

  std::vector<Database> databases_;
  // By address. When one is full, the one before it goes.
  std::unordered_map<std::string, Known> recent_;
  std::unordered_map<std::string, Known> earlier_;
};

// libwireshark calls plain functions, so the databases are the process's.
GeoDatabases& TheDatabases() {
  static GeoDatabases databases;
  return databases;
}

// Those of the folder, in the order of their names.
std::vector<std::string> DatabasesIn(const std::string& folder, std::error_code& error) {
  std::vector<std::string> found;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".mmdb") found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// libwireshark names them by itself, and they may not be there.
bool IsDefault(std::string_view folder) {
  return folder == "/usr/share/GeoIP" || folder == "/var/lib/GeoIP";
}

Result<void> OpenThoseIn(const std::string& folder) {
  std::error_code error;
  const std::vector<std::string> found = DatabasesIn(folder, error);
  if (error == std::errc::no_such_file_or_directory && IsDefault(folder)) return {};
  if (error) {
    return Fail("read the MaxMind databases in {}: {}; maxmind_db_paths names it", folder,
                error.message());
  }
  for (const std::string& path : found) {
    auto database = OpenDatabase(path);
    if (!database) return Forward(std::move(database));
    TheDatabases().Add(std::move(*database));
  }
  return {};
}

}  // namespace

Result<void> OpenGeoDatabases() {
  if (!wireshark::WantsPlaces(gbl_resolv_flags)) return {};
  const wireshark::GString paths(maxmind_db_get_paths());
  std::string_view rest = paths == nullptr ? std::string_view() : paths.get();
  while (!rest.empty()) {
    const size_t length = std::min(rest.find(G_SEARCHPATH_SEPARATOR), rest.size());
    if (length > 0) {
      if (auto opened = OpenThoseIn(std::string(rest.substr(0, length))); !opened) return opened;
    }
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  return {};
}

const GeoRecord* LookUpGeo(std::span<const uint8_t> address) {
  const Known& known = TheDatabases().LookUp(address);
  return known.is_found ? &known.record : nullptr;
}

}  // namespace espcap::dissect

// What libwireshark calls in place of its libraries' functions of these names: a program's symbols
// come before a library's. Nothing starts mmdbresolve, which is all that it ever starts.
extern "C" {

const mmdb_lookup_t* maxmind_db_lookup_ipv4(const ws_in4_addr* addr) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(addr);
  return &espcap::dissect::TheDatabases().LookUp({bytes, sizeof(*addr)}).shown;
}

const mmdb_lookup_t* maxmind_db_lookup_ipv6(const ws_in6_addr* addr) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(addr);
  return &espcap::dissect::TheDatabases().LookUp({bytes, sizeof(*addr)}).shown;
}

decltype(ws_pipe_spawn_async(nullptr, nullptr)) ws_pipe_spawn_async(ws_pipe_t* pipe,
                                                                    GPtrArray* /*arguments*/) {
  pipe->pid = WS_INVALID_PID;
  if constexpr (std::is_same_v<decltype(ws_pipe_spawn_async(nullptr, nullptr)), GPid>) {
    return WS_INVALID_PID;
  } else {
    return FALSE;
  }
}
}
