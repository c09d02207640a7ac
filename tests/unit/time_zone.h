// SPDX-License-Identifier: GPL-2.0-or-later
//
// The process's time zone while this lives.
#ifndef ESPCAP_TESTS_UNIT_TIME_ZONE_H_
#define ESPCAP_TESTS_UNIT_TIME_ZONE_H_

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

namespace espcap::testing {

class TimeZone {
 public:
  // `rule` is POSIX's: "EST-14" is 14 hours east of UTC.
  explicit TimeZone(const char* rule) {
    if (const char* before = std::getenv("TZ")) before_ = before;
    ::setenv("TZ", rule, 1);
    ::tzset();
  }
  ~TimeZone() {
    if (before_) {
      ::setenv("TZ", before_->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;

 private:
  std::optional<std::string> before_;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_TIME_ZONE_H_
