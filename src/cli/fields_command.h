// SPDX-License-Identifier: GPL-2.0-or-later
//
// `espcap fields`.
#ifndef ESPCAP_CLI_FIELDS_COMMAND_H_
#define ESPCAP_CLI_FIELDS_COMMAND_H_

#include <string_view>

#include "cli/settings.h"
#include "espcap/result.h"
#include "schema/field.h"

namespace espcap::cli {

// `pattern`: a part of the name, the key or the description, in any case; or, with a '*' in it, the
// whole name.
bool MatchesPattern(const schema::Field& field, std::string_view pattern);

Result<void> RunFieldsCommand(const char* program_path, const FieldsSettings& settings);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_FIELDS_COMMAND_H_
