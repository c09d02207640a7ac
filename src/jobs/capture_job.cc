// SPDX-License-Identifier: GPL-2.0-or-later
#include "jobs/capture_job.h"

#include <fmt/format.h>

#include <climits>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/bounded_json.h"
#include "base/json_member.h"
#include "base/path_text.h"
#include "base/printable.h"

namespace espcap::jobs {
namespace {

using nlohmann::json;

constexpr size_t kMaxMessageBytes = 32768;  // a path whose every byte is %XX, and a failure
constexpr size_t kMaxDepth = 4;
constexpr size_t kMaxFailureBytes = 2048;
constexpr uint32_t kMaxAttempts = 1000;

int64_t NumberMember(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

}  // namespace

std::string FormatJob(const CaptureJob& job) {
  json object = {{"path", base::PathText(job.path)},
                 {"bytes", job.bytes},
                 {"modified_ms", job.modified_ms},
                 {"enqueued_ms", job.enqueued_ms},
                 {"attempt", job.attempt}};
  if (!job.last_failure.empty()) {
    object["last_failure"] = base::Printable(job.last_failure.substr(0, kMaxFailureBytes));
  }
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<CaptureJob> ParseJob(std::string_view message) {
  const base::JsonBounds bounds{.bytes = kMaxMessageBytes, .depth = kMaxDepth};
  if (auto checked = base::CheckJson(message, bounds); !checked) {
    return Fail("it is {}", checked.error().message);
  }
  const json object = json::parse(message, nullptr, false);
  if (!object.is_object()) return Fail("it is no JSON object");
  CaptureJob job;
  job.path = base::PathOfText(base::TextMember(object, "path"));
  if (job.path.empty()) return Fail("its path is missing");
  if (job.path.front() != '/') return Fail("its path is not absolute");
  if (job.path.size() >= PATH_MAX) return Fail("its path is longer than {} bytes", PATH_MAX - 1);
  if (job.path.find('\0') != std::string::npos) return Fail("its path has a zero byte");
  const int64_t bytes = NumberMember(object, "bytes");
  job.modified_ms = NumberMember(object, "modified_ms");
  const int64_t attempt = NumberMember(object, "attempt");
  if (bytes < 0 || job.modified_ms < 0) return Fail("its bytes or modified_ms is missing");
  if (attempt < 1 || attempt > kMaxAttempts) {
    return Fail("its attempt is not from 1 to {}", kMaxAttempts);
  }
  job.bytes = static_cast<uint64_t>(bytes);
  job.attempt = static_cast<uint32_t>(attempt);
  job.enqueued_ms = NumberMember(object, "enqueued_ms");
  job.last_failure = base::TextMember(object, "last_failure").substr(0, kMaxFailureBytes);
  return job;
}

std::string KeyOf(const CaptureJob& job) {
  return fmt::format("{}:{}:{}", job.bytes, job.modified_ms, base::PathText(job.path));
}

}  // namespace espcap::jobs
