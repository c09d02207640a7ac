// SPDX-License-Identifier: GPL-2.0-or-later
//
// How often one request has failed, and when it is made again: later each time, and as late as the
// server asks. Pure.
#ifndef ESPCAP_ELASTICSEARCH_ATTEMPTS_H_
#define ESPCAP_ELASTICSEARCH_ATTEMPTS_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/backoff.h"

namespace espcap::elasticsearch {

class Attempts {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Failed(std::string problem, std::optional<std::chrono::seconds> retry_after, Time now) {
    problem_ = std::move(problem);
    const std::chrono::milliseconds asked =
        std::min(retry_after.value_or(std::chrono::seconds(0)), kMaxQuestions);
    next_ = now + std::max(kWait.Wait(++failures_, 1), asked);
  }
  void Succeeded() { *this = {}; }

  [[nodiscard]] uint32_t failures() const { return failures_; }  // in a row
  [[nodiscard]] Time next() const { return next_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }  // of the last; else empty

 private:
  static constexpr base::Backoff kWait{std::chrono::milliseconds(200),
                                       std::chrono::milliseconds(5'000)};
  static constexpr std::chrono::seconds kMaxQuestions{60};

  uint32_t failures_ = 0;
  Time next_{};
  std::string problem_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_ATTEMPTS_H_
