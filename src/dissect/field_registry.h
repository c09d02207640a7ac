// SPDX-License-Identifier: GPL-2.0-or-later
//
// Walks through libwireshark's registry of fields. Several registered fields can have one name;
// they form a chain there. REQUIRES: a started EpanLibrary.
#ifndef ESPCAP_DISSECT_FIELD_REGISTRY_H_
#define ESPCAP_DISSECT_FIELD_REGISTRY_H_

#include "source/wireshark_api.h"

namespace espcap::dissect {

// The first field of the chain that `field` is in.
inline const header_field_info* FirstOfSameName(const header_field_info& field) {
  const header_field_info* first = &field;
  while (first->same_name_prev_id != -1) {
    first = proto_registrar_get_nth(static_cast<guint>(first->same_name_prev_id));
  }
  return first;
}

template <class Visit>
void ForEachOfSameName(const header_field_info& field, Visit visit) {
  for (const header_field_info* same = FirstOfSameName(field); same != nullptr;
       same = same->same_name_next) {
    visit(*same);
  }
}

// Every registered field, protocols among them. A few dissectors register theirs when they are
// first asked for one: proto_initialize_all_prefixes() makes them do it.
template <class Visit>
void ForEachField(Visit visit) {
  visit(*proto_registrar_get_nth(static_cast<guint>(hf_text_only)));
  void* protocols = nullptr;
  for (int id = proto_get_first_protocol(&protocols); id != -1;
       id = proto_get_next_protocol(&protocols)) {
    visit(*proto_registrar_get_nth(static_cast<guint>(id)));
    void* fields = nullptr;
    for (const header_field_info* field = proto_get_first_protocol_field(id, &fields);
         field != nullptr; field = proto_get_next_protocol_field(id, &fields)) {
      visit(*field);
    }
  }
}

// The same name is registered below another protocol too: its ek key is no function of the name.
inline bool HasOtherParent(const header_field_info& field) {
  bool found = false;
  ForEachOfSameName(
      field, [&](const header_field_info& same) { found = found || same.parent != field.parent; });
  return found;
}

// An object of the ek document.
inline bool IsLayer(const header_field_info& field) { return field.type == FT_PROTOCOL; }

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_FIELD_REGISTRY_H_
