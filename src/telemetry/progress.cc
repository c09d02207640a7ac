// SPDX-License-Identifier: GPL-2.0-or-later
#include "telemetry/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace espcap::telemetry {
namespace {

constexpr std::chrono::milliseconds kRedraw{250};

}  // namespace

std::string FormatProgress(const ProgressState& state, std::chrono::duration<double> elapsed) {
  const double seconds = std::max(elapsed.count(), 1e-3);
  const double rate = static_cast<double>(state.packets) / seconds;
  std::string text;
  const bool known = state.bytes_total > 0;
  const double share = known ? std::min(1.0, static_cast<double>(state.bytes_done) /
                                                 static_cast<double>(state.bytes_total))
                             : 0;
  if (known) text += fmt::format("{:3.0f} %  ", share * 100);
  text += fmt::format("{} packets  {:.0f} packets/s", state.packets, rate);
  if (share > 0) {
    const auto left = static_cast<int64_t>(seconds * (1 - share) / share);
    text += fmt::format("  {}:{:02} left", left / 60, left % 60);
  }
  return text;
}

void Progress::Update(const ProgressState& state) {
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (now - shown_ < kRedraw) return;
  shown_ = now;
  log_.ShowProgress(FormatProgress(state, now - start_));
}

Progress::Clock::time_point Progress::NextTime() const {
  return enabled_ ? shown_ + kRedraw : Clock::time_point::max();
}

}  // namespace espcap::telemetry
