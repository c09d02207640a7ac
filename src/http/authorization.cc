// SPDX-License-Identifier: GPL-2.0-or-later
#include "http/authorization.h"

#include <openssl/evp.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace espcap::http {
namespace {

using base::Secret;

Secret Joined(std::initializer_list<std::string_view> parts) {
  size_t length = 0;
  for (const std::string_view part : parts) length += part.size();
  Secret whole(length);
  auto at = whole.bytes().begin();
  for (const std::string_view part : parts) at = std::copy(part.begin(), part.end(), at);
  return whole;
}

Secret InBase64(std::string_view prefix, const Secret& plain) {
  const size_t encoded_length = (plain.view().size() + 2) / 3 * 4;
  Secret whole(prefix.size() + encoded_length);
  std::copy(prefix.begin(), prefix.end(), whole.bytes().begin());
  // The final NUL that it writes has its place.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(whole.bytes().data() + prefix.size()),
                  reinterpret_cast<const unsigned char*>(plain.c_str()),
                  static_cast<int>(plain.view().size()));
  return whole;
}

bool HasControlCharacter(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool IsOneWord(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

}  // namespace

Result<Secret> BasicAuthorization(const std::string& user, const Secret& password) {
  if (user.find(':') != std::string::npos) {
    return Fail("a user's name holds no ':': the password comes from elsewhere");
  }
  if (HasControlCharacter(user) || HasControlCharacter(password.view())) {
    return Fail("a user's name or password holds a control character, such as a line end");
  }
  return InBase64("Authorization: Basic ", Joined({user, ":", password.view()}));
}

Result<Secret> ApiKeyAuthorization(const Secret& key) {
  if (!IsOneWord(key.view())) {
    return Fail("an API key is id:key or its Base64 form, one word of ASCII");
  }
  constexpr std::string_view kPrefix = "Authorization: ApiKey ";
  if (key.view().find(':') != std::string_view::npos) return InBase64(kPrefix, key);
  return Joined({kPrefix, key.view()});
}

Result<Secret> BearerAuthorization(const Secret& token) {
  if (!IsOneWord(token.view())) return Fail("a bearer token is one word of ASCII");
  return Joined({"Authorization: Bearer ", token.view()});
}

}  // namespace espcap::http
