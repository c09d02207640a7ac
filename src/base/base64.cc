// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/base64.h"

#include <openssl/evp.h>

namespace espcap::base {

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  // The final NUL that it writes has its place.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

}  // namespace espcap::base
