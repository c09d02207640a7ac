// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>

namespace espcap::kafka {

// How long brokers have to answer one question about a topic: a metadata request, offsets, a
// group's lag.
inline constexpr std::chrono::seconds kAnswerTimeout{15};

}  // namespace espcap::kafka
