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

// Of a topic's message.
void AppendMessage(ByteBuffer& out, const source::FrameOrigin::Message& message) {
  if (message.topic.empty()) return;
  out.Append(R"(,"kafka":{"topic":)");
  AppendJsonString(out, message.topic);
  out.Append(R"(,"partition":)");
  AppendDecimal(out, static_cast<uint64_t>(message.partition));
  out.Append(R"(,"offset":)");
  AppendDecimal(out, static_cast<uint64_t>(message.offset));
  out.Append(R"(,"index":)");
  AppendDecimal(out, message.index);
  out.Append('}');
}

}  // namespace

Provenance::Provenance(RunOrigin run) : run_(std::move(run)) { Set(run_.sensor, {}); }

void Provenance::Set(std::string_view sensor, std::string_view path) {
  sensor_ = sensor;
  file_ = path;
  members_.Clear();
  members_.Append(R"("run":)");
  AppendJsonString(members_, run_.run);
  members_.Append(R"(,"sensor":)");
  AppendJsonString(members_, sensor);
  AppendTags(members_, run_.tags);
  AppendLabels(members_, run_.labels);
  ecs_.Clear();
  AppendTags(ecs_, run_.tags);
  AppendLabels(ecs_, run_.labels);
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
  const std::string_view sensor = SensorOf(origin);
  if (origin.file != file_ || sensor != sensor_) Set(sensor, origin.file);
  out.Append(members_.view());
  AppendDecimal(out, origin.frame);
  if (origin.offset >= 0) {
    out.Append(R"(,"offset":)");
    AppendDecimal(out, static_cast<uint64_t>(origin.offset));
  }
  out.Append(R"(,"digest":")");
  out.Commit(WriteHex(out.Claim(kMaxHexDigits + kDigitSlack), digest, kMaxHexDigits));
  out.Append('"');
  AppendMessage(out, origin.message);
}

void Provenance::AppendEcs(ByteBuffer& out) const { out.Append(ecs_.view()); }

}  // namespace espcap::encode
