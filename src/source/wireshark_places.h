// SPDX-License-Identifier: GPL-2.0-or-later
//
// Whether addresses' places are wanted, where releases differ: older ones have no letter of -N for
// them, and no flag.
#ifndef ESPCAP_SOURCE_WIRESHARK_PLACES_H_
#define ESPCAP_SOURCE_WIRESHARK_PLACES_H_

#include <string>

#include "source/wireshark_api.h"

namespace espcap::wireshark {

// Without a flag, wherever there is a database.
template <class Flags>
bool WantsPlaces([[maybe_unused]] const Flags& flags) {
  if constexpr (requires { flags.maxmind_geoip; }) {
    return flags.maxmind_geoip;
  } else {
    return true;
  }
}

// -N's letters, 'g' among them in any case. Returns the first unknown one, or NUL.
template <class Flags>
char SetNameResolution(std::string letters, Flags& flags) {
  if constexpr (!requires { flags.maxmind_geoip; }) std::erase(letters, 'g');
  return string_to_name_resolve(letters.c_str(), &flags);
}

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_PLACES_H_
