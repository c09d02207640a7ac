// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/pending_files.h"

#include <algorithm>
#include <utility>

namespace espcap::source {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMinGivenBound = 1024;

}  // namespace

void PendingFiles::Note(std::string path, Cause cause, Clock::time_point now) {
  pending_.insert_or_assign(std::move(path),
                            Pending{++last_order_, cause, now, now, milliseconds(0), std::nullopt});
}

std::vector<std::string> PendingFiles::PopComplete(Clock::time_point now) {
  std::vector<decltype(pending_)::iterator> due;
  for (auto entry = pending_.begin(); entry != pending_.end(); ++entry) {
    if (entry->second.due <= now) due.push_back(entry);
  }
  std::sort(due.begin(), due.end(), [](const auto& one, const auto& other) {
    return one->second.order < other->second.order;
  });
  std::vector<std::string> complete;
  for (const auto& entry : due) {
    const Verdict verdict = Look(entry->first, entry->second, now);
    if (verdict == Verdict::kComplete) complete.push_back(entry->first);
    if (verdict != Verdict::kBlock) pending_.erase(entry);
  }
  return complete;
}

PendingFiles::Verdict PendingFiles::Look(const std::string& path, Pending& pending,
                                         Clock::time_point now) {
  const auto look = base::LookAtFile(path);
  if (!look || given_.contains(look->state)) return Verdict::kDropped;
  if (pending.cause == Cause::kCreated) {
    // Without a known writer it is complete only if it has content: else its writer is about to
    // come, or is here unseen.
    const bool is_linked = look->writers == base::Writers::kNone && look->state.size_bytes > 0;
    if (look->writers != base::Writers::kSome && !is_linked) return Verdict::kDropped;
  }
  if (pending.state && *pending.state != look->state) pending.unchanged_since = now;
  pending.state = look->state;
  const auto unchanged = std::chrono::duration_cast<milliseconds>(now - pending.unchanged_since);
  const auto settle = pending.cause == Cause::kPresent ? milliseconds(0) : kSettle;
  const auto wait = base::WaitUntilNextLook({look->writers, unchanged, settle, pending.last_wait});
  if (!wait) {
    given_.insert(look->state);
    return Verdict::kComplete;
  }
  pending.last_wait = *wait;
  pending.due = now + *wait;
  return Verdict::kBlock;
}

std::optional<PendingFiles::Clock::time_point> PendingFiles::NextLook() const {
  if (pending_.empty()) return std::nullopt;
  return std::min_element(
             pending_.begin(), pending_.end(),
             [](const auto& one, const auto& other) { return one.second.due < other.second.due; })
      ->second.due;
}

void PendingFiles::KeepOnly(const std::vector<std::string>& present) {
  std::set<base::FileState> kept;
  for (const std::string& path : present) {
    const auto look = base::LookAtFile(path);
    if (look && given_.contains(look->state)) kept.insert(look->state);
  }
  given_ = std::move(kept);
  given_bound_ = 2 * present.size() + kMinGivenBound;
}

}  // namespace espcap::source
