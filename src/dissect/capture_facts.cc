// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/capture_facts.h"

namespace espcap::dissect {

void LearnFactsOf(wtap* handle) {
  wireshark::SetNameCallbacks<LearnIpv4Name, LearnIpv6Name>(handle);
  wtap_set_cb_new_secrets(handle, secrets_wtap_callback);
}

void LearnIpv4Name(uint32_t address, const char* name) { wireshark::AddIpv4Name(address, name); }

void LearnIpv6Name(const ws_in6_addr& address, const char* name) {
  wireshark::AddIpv6Name(address, name);
}

void LearnSecrets(uint32_t type, std::span<const char> secrets) {
  secrets_wtap_callback(type, secrets.data(), static_cast<guint>(secrets.size()));
}

}  // namespace espcap::dissect
