// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/credential_renewal.h"

namespace espcap::elasticsearch {

Result<std::string> CredentialRenewal::Refused(const std::string& reason) {
  const bool may_wait = keeps_documents_ || (was_accepted_ && read_);
  if (!may_wait) {
    return Fail("{}: the server refuses these credentials: the run ends here{}", reason,
                was_accepted_ ? "; restart espcap with others" : "");
  }
  problem_ = reason;
  is_due_ = static_cast<bool>(read_);
  return read_ ? "the server refuses these credentials; their file is read again before each try"
               : "the server refuses these credentials; they can't change while espcap runs: "
                 "restart it with others";
}

void CredentialRenewal::Renew(http::HttpClient& client) {
  if (!std::exchange(is_due_, false)) return;
  is_reading_ = true;
  read_([this, &client](Result<std::shared_ptr<const http::Security>> security) {
    is_reading_ = false;
    if (security) return client.Use(std::move(*security));
    problem_ = security.error().message;
  });
}

}  // namespace espcap::elasticsearch
