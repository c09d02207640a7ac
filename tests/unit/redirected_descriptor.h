// SPDX-License-Identifier: GPL-2.0-or-later
//
// One of the standard descriptors is a file while this lives. What the test itself prints
// meanwhile goes there too.
#ifndef ESPCAP_TESTS_UNIT_REDIRECTED_DESCRIPTOR_H_
#define ESPCAP_TESTS_UNIT_REDIRECTED_DESCRIPTOR_H_

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "base/file_descriptor.h"

namespace espcap::testing {

class RedirectedDescriptor {
 public:
  // `flags` are open(2)'s.
  RedirectedDescriptor(int descriptor, const std::string& path, int flags)
      : descriptor_(descriptor), saved_(::dup(descriptor)) {
    constexpr mode_t kMode = 0600;
    static_cast<void>(std::fflush(nullptr));
    const base::FileDescriptor file(::open(path.c_str(), flags, kMode));
    if (!saved_.valid() || !file.valid() || ::dup2(file.get(), descriptor) < 0) {
      throw std::runtime_error("redirect to " + path);
    }
  }
  ~RedirectedDescriptor() {
    static_cast<void>(std::fflush(nullptr));
    static_cast<void>(::dup2(saved_.get(), descriptor_));
  }
  RedirectedDescriptor(const RedirectedDescriptor&) = delete;
  RedirectedDescriptor& operator=(const RedirectedDescriptor&) = delete;

 private:
  int descriptor_;
  base::FileDescriptor saved_;
};

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_REDIRECTED_DESCRIPTOR_H_
