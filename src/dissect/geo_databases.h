// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where addresses are and whose, from MaxMind databases. libwireshark would ask another program,
// mmdbresolve, by threads that don't survive a fork. So its look-up functions are replaced by
// espcap's own, and the databases are opened in the zygote: its processes share their pages.
// REQUIRES: a started EpanLibrary; one thread.
#ifndef ESPCAP_DISSECT_GEO_DATABASES_H_
#define ESPCAP_DISSECT_GEO_DATABASES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "espcap/result.h"

namespace espcap::dissect {

struct GeoRecord {
  std::string continent, country_iso, country, region_iso, region, city;
  std::optional<double> latitude, longitude;
  uint16_t accuracy_km = 0;  // 0: unknown
  uint32_t as_number = 0;    // 0: unknown
  std::string as_organization;
};

// Opens the databases (*.mmdb) in the folders that libwireshark's table maxmind_db_paths names,
// unless places aren't wanted. An error names one that can't be read.
Result<void> OpenGeoDatabases();

// Of an IPv4 or IPv6 address, in network byte order; null: no database knows it. Kept for many
// look-ups to come, not for ever.
const GeoRecord* LookUpGeo(std::span<const uint8_t> address);

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_GEO_DATABASES_H_
