// SPDX-License-Identifier: GPL-2.0-or-later
//
// The few members of a server's answer that espcap asks for, picked while it is read; the rest of
// it is kept nowhere. What is picked is bounded, whatever a server sends. One thread.
#ifndef ESPCAP_ELASTICSEARCH_ANSWER_MEMBERS_H_
#define ESPCAP_ELASTICSEARCH_ANSWER_MEMBERS_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/bounded_json.h"
#include "espcap/result.h"
#include "http/http_client.h"

namespace espcap::elasticsearch {

// Of every answer but those about documents and templates.
constexpr base::JsonBounds kAnswerBounds{.bytes = http::kMaxResponseBytes};

// Its beginning, cut between characters.
std::string_view Beginning(std::string_view text, size_t bytes);

class AnswerMembers : public base::JsonVisitor {
 public:
  static constexpr size_t kMaxTextBytes = 2048;  // a longer text is cut

  struct Member {
    enum class Kind : uint8_t { kMissing, kText, kInteger, kObject, kOther } kind = Kind::kMissing;
    std::string text;
    int64_t integer = 0;

    [[nodiscard]] bool is(Kind other) const { return kind == other; }
  };

  // Places like "/error/type", as JSON pointers (RFC 6901) whose names need no escapes. Borrowed.
  AnswerMembers(std::initializer_list<std::string_view> places);

  // Of a whole answer.
  static Result<AnswerMembers> Read(std::string_view body, const base::JsonBounds& bounds,
                                    std::initializer_list<std::string_view> places);

  // REQUIRES: the place is one of those.
  [[nodiscard]] const Member& at(std::string_view place) const;
  // "" where it is no text.
  [[nodiscard]] const std::string& TextAt(std::string_view place) const { return at(place).text; }
  void Clear();

  bool OpenObject() override;
  bool OpenArray() override;
  bool Close() override;
  bool Key(std::string_view name) override;
  bool Text(std::string_view text) override;
  bool Integer(int64_t number) override;
  bool OtherScalar() override;

 private:
  void AddMember(Member::Kind kind, std::string_view text = {}, int64_t integer = 0);

  struct Place {
    std::string_view name;
    Member member;
  };
  std::vector<Place> places_;
  std::string path_;            // of the value that comes next
  std::vector<size_t> opened_;  // the lengths of the paths of what is open
};

// Of a status and an error, which stand in an item of an answer as in a whole one.
AnswerMembers StatusAndError();

// "document_parsing_exception: failed to parse (caused by)"; "" where there is no error.
// REQUIRES: StatusAndError().
std::string DescribeError(const AnswerMembers& members);

}  // namespace espcap::elasticsearch

#endif  // ESPCAP_ELASTICSEARCH_ANSWER_MEMBERS_H_
