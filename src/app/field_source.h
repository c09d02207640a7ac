// SPDX-License-Identifier: GPL-2.0-or-later
//
// Fields of the installed libwireshark, for what talks to servers and people. Those know them as
// text from a process that has libwireshark, and ends when they are told.
#ifndef ESPCAP_APP_FIELD_SOURCE_H_
#define ESPCAP_APP_FIELD_SOURCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "espcap/result.h"
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
Result<std::vector<schema::Field>> FetchFields(const char* program_path, const FieldChoice& choice);

// The curated ones as UnpackFields() wants them. REQUIRES: libwireshark is started. It registers
// more for this than dissection needs.
Result<std::string> PackCuratedFields();
// An error: the text is no list of fields.
Result<std::vector<schema::Field>> UnpackFields(std::string_view text);

}  // namespace espcap::app

#endif  // ESPCAP_APP_FIELD_SOURCE_H_
