// SPDX-License-Identifier: GPL-2.0-or-later
#include "encode/provenance.h"

#include "base/path_text.h"
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
    const std::string text = base::PathText(path);
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
