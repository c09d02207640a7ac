// SPDX-License-Identifier: GPL-2.0-or-later
//
// A display filter over a capture's records. Each record is dissected, with what those before it
// have left. Holds libwireshark, of which a process has one; one thread.
#ifndef ESPCAP_RETRIEVE_RECORD_FILTER_H_
#define ESPCAP_RETRIEVE_RECORD_FILTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dissect/display_filter.h"
#include "dissect/epan_library.h"
#include "dissect/readable_files.h"
#include "dissect/session.h"
#include "espcap/result.h"
#include "source/file_source.h"

namespace espcap::retrieve {

class RecordFilter {
 public:
  // Starts libwireshark, for this process and for those forked from it. An error: the expression is
  // wrong, and how.
  static Result<std::unique_ptr<RecordFilter>> Prepare(const std::string& program_path,
                                                       const std::string& expression);

  // What dissection reads.
  [[nodiscard]] std::vector<std::string> readable_files() const { return files_.Now(); }

  // Before its first record is read. Once, in a process for this capture alone: what the records
  // leave behind ends with it.
  void Attach(source::FileSource& source);
  // Whether the filter selects the current record. Each record in turn. An error: it can't be
  // dissected.
  Result<bool> Selects();

 private:
  RecordFilter(std::unique_ptr<dissect::EpanLibrary> library, dissect::DisplayFilter filter)
      : library_(std::move(library)),
        filter_(std::move(filter)),
        session_({.filter = &filter_, .builds_trees = false}) {}

  std::unique_ptr<dissect::EpanLibrary> library_;
  dissect::ReadableFiles files_;
  dissect::DisplayFilter filter_;
  dissect::Session session_;
  source::FileSource* source_ = nullptr;
};

}  // namespace espcap::retrieve

#endif  // ESPCAP_RETRIEVE_RECORD_FILTER_H_
