// SPDX-License-Identifier: GPL-2.0-or-later
#include "retrieve/record_filter.h"

#include "dissect/capture_facts.h"
#include "dissect/geo_databases.h"
#include "retrieve/record_time.h"

namespace espcap::retrieve {

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
  BeginRecord();
  auto selected = session_.Dissect(source_->record_number());
  session_.Finish();
  return selected;
}

}  // namespace espcap::retrieve
