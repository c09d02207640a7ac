// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/wiretap_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "source/wireshark_api.h"

namespace espcap::source {
namespace {

std::string Sentence(int error) {
  switch (error) {
    case WTAP_ERR_NOT_REGULAR_FILE:
      return "not a regular file or a pipe";
    case WTAP_ERR_RANDOM_OPEN_PIPE:
    case WTAP_ERR_RANDOM_OPEN_STDIN:
      return "two passes need a file that can be read twice, not a pipe";
    case WTAP_ERR_FILE_UNKNOWN_FORMAT:
      return "not a capture file in any known format";
    case WTAP_ERR_UNSUPPORTED:
      return "holds something that libwiretap doesn't support";
    case WTAP_ERR_BAD_FILE:
      return "damaged";
    case WTAP_ERR_SHORT_READ:
      return "cut off in the middle of a packet or other data";
    case WTAP_ERR_DECOMPRESS:
      return "can't be decompressed: damaged";
    case WTAP_ERR_DECOMPRESSION_NOT_SUPPORTED:
      return "compressed in a way that libwiretap doesn't support";
    default:
      return error > 0 ? std::generic_category().message(error) : wtap_strerror(error);
  }
}

}  // namespace

std::string DescribeWiretapError(int error, char* error_info) {
  const wireshark::GString info(error_info);
  if (info == nullptr || info.get()[0] == '\0') return Sentence(error);
  return fmt::format("{} ({})", Sentence(error), info.get());
}

}  // namespace espcap::source
