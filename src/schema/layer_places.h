// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where a layer's fields stand besides the layer of that name: inside of other layers. An ICMP
// error carries the beginning of the packet it is about, a TLS handshake its certificates. A
// template maps those places too, and gathers their values under the field's own path, so that a
// query finds a field wherever Wireshark's display filter would.
#ifndef ESPCAP_SCHEMA_LAYER_PLACES_H_
#define ESPCAP_SCHEMA_LAYER_PLACES_H_

#include <string>
#include <vector>

#include "schema/field.h"

namespace espcap::schema {

// Paths of layers, from `layers` on: "icmp.ip"; "" is `layers` itself.
std::vector<std::string> OtherPlacesOf(const Field& field);

// The same for what Wireshark finds remarkable in these layers (_ws.expert).
std::vector<std::string> PlacesOfFindings(const std::vector<std::string>& layers);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_LAYER_PLACES_H_
