// SPDX-License-Identifier: GPL-2.0-or-later
//
// What follows where a server refuses our credentials: those from a file are read again before the
// next try, and documents wait. Where no try could help, and documents have no other place, it is
// an error. One thread; nothing waits.
#ifndef ESPCAP_ELASTICSEARCH_CREDENTIAL_RENEWAL_H_
#define ESPCAP_ELASTICSEARCH_CREDENTIAL_RENEWAL_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

class CredentialRenewal {
 public:
  // Reads them, and says so in the event loop.
  using Done = std::function<void(Result<std::shared_ptr<const http::Security>>)>;
  using Read = std::function<void(Done)>;

  // `read` empty: they can't change. `keeps_documents`: those that can't be sent have a place.
  CredentialRenewal(Read read, bool keeps_documents)
      : read_(std::move(read)), keeps_documents_(keeps_documents) {}

  // What is done about it; an error: nothing can be.
  Result<std::string> Refused(const std::string& reason);
  // A document was taken.
  void Accepted() {
    was_accepted_ = true;
    problem_.clear();
  }

  // They must be read before the next try.
  [[nodiscard]] bool is_due() const { return is_due_; }
  // The client uses them once they are there.
  void Renew(http::HttpClient& client);
  // No try makes sense meanwhile.
  [[nodiscard]] bool is_reading() const { return is_reading_; }

  [[nodiscard]] const std::string& problem() const { return problem_; }  // empty: none

 private:
  Read read_;
  bool keeps_documents_;
  bool was_accepted_ = false;
  bool is_due_ = false;
  bool is_reading_ = false;
  std::string problem_;
};

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_CREDENTIAL_RENEWAL_H_
