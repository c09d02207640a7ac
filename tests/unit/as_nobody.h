// SPDX-License-Identifier: GPL-2.0-or-later
//
// While this lives, a test that runs as root is nobody: a file's mode counts then. Another
// user's test stays what it is.
#ifndef ESPCAP_TESTS_UNIT_AS_NOBODY_H_
#define ESPCAP_TESTS_UNIT_AS_NOBODY_H_

#include <unistd.h>

#include <stdexcept>

namespace espcap::testing {

class AsNobody {
 public:
  AsNobody() : user_(::geteuid()) {
    if (user_ == 0 && ::seteuid(kNobody) != 0) throw std::runtime_error("seteuid");
  }
  ~AsNobody() {
    if (::seteuid(user_) != 0) ::_exit(1);
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

  static constexpr uid_t kNobody = 65534;

 private:
  uid_t user_;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_AS_NOBODY_H_
