// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/record_filter.h"

#include <sys/time.h>

#include <atomic>
#include <csignal>

#include "dissect/capture_facts.h"
#include "dissect/geo_databases.h"

namespace espcap::retrieve {
namespace {

constexpr time_t kLongestS = 60;  // of processor time, for one record; at most twice that

std::atomic<uint64_t> records_begun{0};
static_assert(std::atomic<uint64_t>::is_always_lock_free);

// Ends the process where no record was begun since the last time.
void EndIfStuck(int signal) {
  static std::atomic<uint64_t> begun_before{0};
  if (begun_before.exchange(records_begun) != records_begun) return;
  static_cast<void>(::signal(signal, SIG_DFL));
  static_cast<void>(::raise(signal));
}

}  // namespace

void RecordFilter::LimitTimeOfRecords() {
  struct sigaction action {};
  action.sa_handler = EndIfStuck;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPROF, &action, nullptr);
  const itimerval each{{kLongestS, 0}, {kLongestS, 0}};
  ::setitimer(ITIMER_PROF, &each, nullptr);
}

Result<std::unique_ptr<RecordFilter>> RecordFilter::Prepare(const std::string& program_path,
                                                            const std::string& expression) {
  // What it has to say was said when the documents were made.
  auto library = dissect::EpanLibrary::Start(program_path.c_str(), {}, {});
  if (!library) return Forward(std::move(library));
  if (auto opened = dissect::OpenGeoDatabases(); !opened) return Forward(std::move(opened));
  auto filter = dissect::DisplayFilter::Compile(expression);
  if (!filter) return Forward(std::move(filter));
  return std::unique_ptr<RecordFilter>(new RecordFilter(std::move(*library), std::move(*filter)));
}

void RecordFilter::Attach(source::FileSource& source) {
  source_ = &source;
  session_.Attach(source);
  dissect::LearnFactsOf(source.handle());
}

Result<bool> RecordFilter::Selects() {
  ++records_begun;
  auto selected = session_.Dissect(source_->record_number());
  session_.Finish();
  return selected;
}

}  // namespace espcap::retrieve
