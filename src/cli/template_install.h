// SPDX-License-Identifier: GPL-2.0-or-later
//
// What kind of template a server takes; and the default one, where it has none for the indices of a
// run.
#ifndef ESPCAP_CLI_TEMPLATE_INSTALL_H_
#define ESPCAP_CLI_TEMPLATE_INSTALL_H_

#include <cstdint>
#include <optional>

#include "cli/settings.h"
#include "deliver/elasticsearch.h"
#include "deliver/template_store.h"
#include "schema/index_template.h"
#include "telemetry/log.h"

namespace espcap::cli {

schema::Dialect DialectOf(const deliver::ServerIdentity& identity);

// Documents can be indexed without one, too: what goes wrong here is a warning.
void InstallTemplate(const deliver::Server& server, const deliver::ServerIdentity& identity,
                     const char* program_path, const CaptureSettings& settings,
                     telemetry::Log& log);

// The most bytes of one text that the server takes for sure, where its template says that it
// doesn't take all.
std::optional<uint64_t> LongestValue(const deliver::Server& server,
                                     const deliver::ServerIdentity& identity,
                                     const CaptureSettings& settings);

}  // namespace espcap::cli

#endif  // ESPCAP_CLI_TEMPLATE_INSTALL_H_
