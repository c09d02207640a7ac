// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap fields`.
#ifndef ESPCAP_APP_FIELDS_COMMAND_H_
#define ESPCAP_APP_FIELDS_COMMAND_H_

#include <string_view>

#include "cli/settings.h"
#include "espcap/result.h"
#include "schema/field.h"

namespace espcap::app {

// `pattern`: a part of the name, the key or the description, in any case; or, with a '*' in it, the
// whole name.
bool MatchesPattern(const schema::Field& field, std::string_view pattern);

Result<void> RunFieldsCommand(const char* program_path, const cli::FieldsSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_FIELDS_COMMAND_H_
