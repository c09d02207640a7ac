// SPDX-License-Identifier: GPL-2.0-or-later
//
// Frame facts that dissectors ask the session's owner for (epan/epan.h, packet_provider_funcs).
#ifndef ESPCAP_DISSECT_FRAME_PROVIDER_H_
#define ESPCAP_DISSECT_FRAME_PROVIDER_H_

#include "source/capture_source.h"
#include "source/wireshark_api.h"

// libwireshark leaves this type to its users. The frames belong to the session and outlive every
// dissection in it: frame.time_delta and similar fields are computed from them.
struct packet_provider_data {
  const espcap::source::CaptureSource* source = nullptr;
  const frame_data* reference = nullptr;           // the first frame
  const frame_data* previous_displayed = nullptr;  // the last one a filter selected
  const frame_data* previous_captured = nullptr;
  frame_data_sequence* frames = nullptr;  // all of them, in two passes; else null
};

namespace espcap::dissect {

const packet_provider_funcs& FrameProviderFunctions();

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_FRAME_PROVIDER_H_
