// SPDX-License-Identifier: GPL-2.0-or-later
//
// Every use of Wireshark API that differs between releases (4.0 … 4.6) goes through this header, so
// that a port to another release is done here. CMake tries what the headers have
// (cmake/EspcapWiresharkFeatures.cmake). Functions here are thin: no state, no ownership beyond the
// types'.
//
// Process rule: libwireshark and libwiretap keep global state and are used by one thread only.
#ifndef ESPCAP_SOURCE_WIRESHARK_API_H_
#define ESPCAP_SOURCE_WIRESHARK_API_H_

// IWYU pragma: begin_exports
#include "source/wireshark_headers.h"
#include "source/wireshark_options.h"
#include "source/wireshark_records.h"
#include "source/wireshark_start.h"
#include "source/wireshark_values.h"
// IWYU pragma: end_exports

#endif  // ESPCAP_SOURCE_WIRESHARK_API_H_
