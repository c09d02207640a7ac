// SPDX-License-Identifier: GPL-2.0-or-later
//
// While this lives, the process may not ask who writes to root's files, such as /etc/passwd: nobody
// but root may, and a test that runs as root is another user meanwhile.
#ifndef ESPCAP_TESTS_UNIT_WITHOUT_LEASES_H_
#define ESPCAP_TESTS_UNIT_WITHOUT_LEASES_H_

#include <unistd.h>

#include <stdexcept>

namespace espcap::testing {

class WithoutLeases {
 public:
  WithoutLeases() : user_(::geteuid()) {
    constexpr uid_t kNobody = 65534;
    if (user_ == 0 && ::seteuid(kNobody) != 0) throw std::runtime_error("seteuid");
  }
  ~WithoutLeases() {
    if (::seteuid(user_) != 0) ::_exit(1);
  }
  WithoutLeases(const WithoutLeases&) = delete;
  WithoutLeases& operator=(const WithoutLeases&) = delete;

 private:
  uid_t user_;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_WITHOUT_LEASES_H_
