// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fields of the installed libwireshark, for who talks to servers and people: it is started for them
// in a process of its own, which ends when they are told.
#ifndef ESPCAP_APP_FIELD_SOURCE_H_
#define ESPCAP_APP_FIELD_SOURCE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dissect/options.h"
#include "espcap/result.h"
#include "process/forked_task.h"
#include "schema/field.h"

namespace espcap::app {

struct FieldChoice {
  enum class Kind {
    kCurated,
    kListed,  // `fields`, and what is in `protocols`
    kEvery
  };
  Kind kind = Kind::kCurated;
  std::vector<std::string> fields;  // as --fields takes them
  std::vector<std::string> protocols;
};

// Sorted by name. An error names the option and the name that isn't there.
Result<std::vector<schema::Field>> FetchFields(const char* program_path,
                                               const dissect::Options& dissection,
                                               const FieldChoice& choice);

// The same while the caller works on: what Finish() gives is for UnpackFields().
Result<std::unique_ptr<process::ForkedTask>> BeginToFetchFields(const char* program_path,
                                                                const dissect::Options& dissection,
                                                                const FieldChoice& choice);
std::vector<schema::Field> UnpackFields(std::string_view text);

}  // namespace espcap::app

#endif  // ESPCAP_APP_FIELD_SOURCE_H_
