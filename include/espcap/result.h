// SPDX-License-Identifier: GPL-2.0-or-later
//
// How every part of espcap reports an expected failure: as a value whose message names the
// operation, its object and the cause. Programming errors are asserted, not returned.
#ifndef ESPCAP_RESULT_H_
#define ESPCAP_RESULT_H_

#include <fmt/format.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace espcap {

struct Error {
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

template <class... Args>
[[nodiscard]] tl::unexpected<Error> Fail(fmt::format_string<Args...> format, Args&&... args) {
  return tl::unexpected<Error>(Error{fmt::format(format, std::forward<Args>(args)...)});
}

// Hands the error of one result on as the error of another.
template <class T>
[[nodiscard]] tl::unexpected<Error> Forward(Result<T>&& result) {
  return tl::unexpected<Error>(std::move(result).error());
}

}  // namespace espcap

#endif  // ESPCAP_RESULT_H_
