// SPDX-License-Identifier: GPL-2.0-or-later
#include "jobs/job_result.h"

#include <nlohmann/json.hpp>

#include "base/bounded_json.h"
#include "base/json_member.h"
#include "base/path_text.h"
#include "base/printable.h"

namespace espcap::jobs {
namespace {

using nlohmann::json;

constexpr size_t kMaxResultBytes = 65536;
constexpr size_t kMaxDepth = 8;
constexpr size_t kMaxTextBytes = 16384;  // of what a stranger wrote
constexpr const char* kDone = "done";
constexpr const char* kFailed = "failed";

std::string Dump(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string FormatResult(const JobResult& result, const Member& member) {
  json object = {{"path", base::PathText(result.job.path)},
                 {"bytes", result.job.bytes},
                 {"modified_ms", result.job.modified_ms},
                 {"attempt", result.job.attempt},
                 {"outcome", result.is_done ? kDone : kFailed},
                 {"packets", result.packets},
                 {"started_ms", result.started_ms},
                 {"ended_ms", result.ended_ms},
                 {"run", member.run},
                 {"sensor", member.sensor}};
  if (!result.failure.empty()) {
    object["failure"] = base::Printable(result.failure.substr(0, kMaxTextBytes));
  }
  return Dump(object);
}

std::optional<bool> ReadResult(std::string_view message) {
  const base::JsonBounds bounds{.bytes = kMaxResultBytes, .depth = kMaxDepth};
  if (!base::CheckJson(message, bounds)) return std::nullopt;
  const json object = json::parse(message, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const std::string outcome = base::TextMember(object, "outcome");
  if (outcome != kDone && outcome != kFailed) return std::nullopt;
  return outcome == kDone;
}

std::string FormatDeadLetter(const DeadLetter& letter, const Member& member) {
  return Dump({{"message", base::Printable(letter.message.substr(0, kMaxTextBytes))},
               {"partition", letter.partition},
               {"offset", letter.offset},
               {"reason", base::Printable(letter.reason.substr(0, kMaxTextBytes))},
               {"run", member.run},
               {"sensor", member.sensor}});
}

}  // namespace espcap::jobs
