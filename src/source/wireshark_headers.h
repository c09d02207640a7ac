// SPDX-License-Identifier: GPL-2.0-or-later
//
// Wireshark's headers in an order in which they compile, and what their handles are owned by. Part
// of wireshark_api.h.
#ifndef ESPCAP_SOURCE_WIRESHARK_HEADERS_H_
#define ESPCAP_SOURCE_WIRESHARK_HEADERS_H_

// clang-format off: some of these headers need others before them
#include <epan/addr_resolv.h>
#include <epan/column-info.h>
#include <epan/conversation.h>
#include <epan/dfilter/dfilter.h>
#include <epan/disabled_protos.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/frame_data_sequence.h>
#include <epan/ftypes/ftypes.h>
#include <epan/packet.h>
#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <epan/proto.h>
#include <epan/secrets.h>
#include <epan/tvbuff.h>
#include <wireshark.h>
#include <wiretap/wtap.h>
#include <ws_version.h>
#include <wsutil/buffer.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/report_message.h>
#include <wsutil/wslog.h>
// clang-format on

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace espcap::wireshark {

// What wiretap's callbacks return: a gboolean, in later releases a bool.
using CallbackResult = decltype(wtap_block_foreach_option(nullptr, nullptr, nullptr));

// GLib's allocations (most strings the libraries hand out).
struct GFree {
  void operator()(void* p) const { g_free(p); }
};
using GString = std::unique_ptr<char, GFree>;

struct WtapClose {
  void operator()(wtap* handle) const { wtap_close(handle); }
};
using WtapHandle = std::unique_ptr<wtap, WtapClose>;

}  // namespace espcap::wireshark

#endif  // ESPCAP_SOURCE_WIRESHARK_HEADERS_H_
