// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/provenance.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "base/utf8.h"
#include "encode/digits.h"
#include "encode/json_text.h"

namespace espcap::encode {
namespace {

void AppendTags(ByteBuffer& out, const std::vector<std::string>& tags) {
  std::string_view separator = R"(,"tags":[)";
  for (const std::string& tag : tags) {
    out.Append(separator);
    AppendJsonString(out, tag);
    separator = ",";
  }
  if (!tags.empty()) out.Append(']');
}

void AppendLabels(ByteBuffer& out, const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string_view separator = R"(,"labels":{)";
  for (const auto& [key, value] : labels) {
    out.Append(separator);
    AppendJsonString(out, key);
    out.Append(':');
    AppendJsonString(out, value);
    separator = ",";
  }
  if (!labels.empty()) out.Append('}');
}

}  // namespace

std::string PathText(std::string_view path) {
  std::string text;
  const auto* at = reinterpret_cast<const uint8_t*>(path.data());
  const uint8_t* const end = at + path.size();
  while (at != end) {
    constexpr uint8_t kDelete = 0x7F;
    const bool is_plain = *at >= ' ' && *at < kDelete && *at != '%';
    const base::Utf8Sequence sequence =
        *at < 0x80 ? base::Utf8Sequence{1, is_plain} : base::ReadUtf8Sequence(at, end);
    for (size_t i = 0; i < sequence.length; ++i, ++at) {
      sequence.valid ? text += static_cast<char>(*at) : text += fmt::format("%{:02X}", *at);
    }
  }
  return text;
}

std::string PathOfText(std::string_view text) {
  std::string path;
  while (!text.empty()) {
    uint8_t byte = 0;
    const std::string_view digits = text.substr(1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    const bool is_byte = text.front() == '%' && digits.size() == 2 && error == std::errc() &&
                         end == digits.data() + digits.size();
    path += is_byte ? static_cast<char>(byte) : text.front();
    text.remove_prefix(is_byte ? 3 : 1);
  }
  return path;
}

Provenance::Provenance(RunOrigin run) : run_(std::move(run)) {
  members_.Append(R"("run":)");
  AppendJsonString(members_, run_.run);
  members_.Append(R"(,"sensor":)");
  AppendJsonString(members_, run_.sensor);
  AppendTags(members_, run_.tags);
  AppendLabels(members_, run_.labels);
  members_of_run_ = members_.size();
  members_.Append(R"(,"frame":)");
  AppendTags(ecs_, run_.tags);
  AppendLabels(ecs_, run_.labels);
  ecs_of_run_ = ecs_.size();
}

void Provenance::SetFile(std::string_view path) {
  if (path == file_) return;
  file_ = path;
  members_.Truncate(members_of_run_);
  ecs_.Truncate(ecs_of_run_);
  if (!path.empty()) {
    const std::string text = PathText(path);
    members_.Append(R"(,"file":)");
    AppendJsonString(members_, text);
    ecs_.Append(R"(,"log":{"file":{"path":)");
    AppendJsonString(ecs_, text);
    ecs_.Append("}}");
  }
  members_.Append(R"(,"frame":)");
}

void Provenance::AppendMembers(ByteBuffer& out, const source::FrameOrigin& origin,
                               uint64_t digest) {
  SetFile(origin.file);
  out.Append(members_.view());
  AppendDecimal(out, origin.frame);
  if (origin.offset >= 0) {
    out.Append(R"(,"offset":)");
    AppendDecimal(out, static_cast<uint64_t>(origin.offset));
  }
  out.Append(R"(,"digest":")");
  out.Commit(WriteHex(out.Claim(kMaxHexDigits + kDigitSlack), digest, kMaxHexDigits));
  out.Append('"');
}

void Provenance::AppendEcs(ByteBuffer& out) const { out.Append(ecs_.view()); }

}  // namespace espcap::encode
