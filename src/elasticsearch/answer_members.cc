// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/answer_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace espcap::elasticsearch {
namespace {

constexpr size_t kMaxNameBytes = 64;  // longer than any that is asked for

constexpr std::string_view kErrorCause = "/error/caused_by/reason";
// Of a search: what the shards say. Its own reason is then "all shards failed".
constexpr std::string_view kRootCause = "/error/root_cause/-/reason";

}  // namespace

std::string_view Beginning(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  const auto is_continuation = [text](size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (bytes > 0 && is_continuation(bytes)) --bytes;
  return text.substr(0, bytes);
}

AnswerMembers::AnswerMembers(std::initializer_list<std::string_view> places) {
  for (const std::string_view name : places) places_.push_back({name, {}});
}

Result<AnswerMembers> AnswerMembers::Read(std::string_view body, const base::JsonBounds& bounds,
                                          std::initializer_list<std::string_view> places) {
  AnswerMembers members(places);
  if (auto read = base::ReadJson(body, bounds, members); !read) return Forward(std::move(read));
  return members;
}

const AnswerMembers::Member& AnswerMembers::at(std::string_view place) const {
  const auto found = std::find_if(places_.begin(), places_.end(),
                                  [place](const Place& one) { return one.name == place; });
  assert(found != places_.end());
  return found->member;
}

void AnswerMembers::Clear() {
  for (Place& place : places_) {
    place.member.kind = Member::Kind::kMissing;
    place.member.text.clear();
  }
  path_.clear();
  opened_.clear();
}

void AnswerMembers::AddMember(Member::Kind kind, std::string_view text, int64_t integer) {
  for (Place& place : places_) {
    if (place.name != path_) continue;
    place.member.kind = kind;
    place.member.text = Beginning(text, kMaxTextBytes);
    place.member.integer = integer;
  }
}

bool AnswerMembers::OpenObject() {
  AddMember(Member::Kind::kObject);
  opened_.push_back(path_.size());
  return true;
}

bool AnswerMembers::OpenArray() {
  AddMember(Member::Kind::kOther);
  opened_.push_back(path_.size());
  path_ += "/-";  // what is in it, whichever it is
  return true;
}

bool AnswerMembers::Close() {
  path_.resize(opened_.back());
  opened_.pop_back();
  return true;
}

bool AnswerMembers::Key(std::string_view name) {
  path_.resize(opened_.back());
  path_ += '/';
  const bool is_plain = name.size() <= kMaxNameBytes && name.find('/') == std::string_view::npos;
  path_ += is_plain ? name : "-";
  return true;
}

bool AnswerMembers::Text(std::string_view text) {
  AddMember(Member::Kind::kText, text);
  return true;
}

bool AnswerMembers::Integer(int64_t number) {
  AddMember(Member::Kind::kInteger, {}, number);
  return true;
}

bool AnswerMembers::OtherScalar() {
  AddMember(Member::Kind::kOther);
  return true;
}

AnswerMembers StatusAndError() {
  return {"/status", "/error", "/error/type", "/error/reason", kErrorCause, kRootCause};
}

std::string DescribeError(const AnswerMembers& members) {
  const AnswerMembers::Member& error = members.at("/error");
  if (!error.is(AnswerMembers::Member::Kind::kObject)) return error.text;
  const std::string& type = members.TextAt("/error/type");
  std::string text =
      fmt::format("{}: {}", type.empty() ? "error" : type, members.TextAt("/error/reason"));
  const std::string& caused_by = members.TextAt(kErrorCause);
  const std::string& cause = caused_by.empty() ? members.TextAt(kRootCause) : caused_by;
  if (!cause.empty() && cause != members.TextAt("/error/reason")) {
    text += fmt::format(" ({})", cause);
  }
  return text;
}

}  // namespace espcap::elasticsearch
