// SPDX-License-Identifier: GPL-2.0-or-later
//
// What kind of template a server takes; and the default one, where it has none for the indices of a
// run.
#ifndef ESPCAP_APP_TEMPLATE_INSTALL_H_
#define ESPCAP_APP_TEMPLATE_INSTALL_H_

#include <cstdint>
#include <optional>

#include "cli/settings.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/template_store.h"
#include "schema/index_template.h"
#include "telemetry/log.h"

namespace espcap::app {

schema::Dialect DialectOf(const elasticsearch::ServerIdentity& identity);

// Documents can be indexed without one, too: what goes wrong here is a warning.
void InstallTemplate(const elasticsearch::Server& server,
                     const elasticsearch::ServerIdentity& identity, const char* program_path,
                     const cli::CaptureSettings& settings, telemetry::Log& log);

// The most bytes of one text that the server takes for sure, where its template says that it
// doesn't take all.
std::optional<uint64_t> LongestValue(const elasticsearch::Server& server,
                                     const elasticsearch::ServerIdentity& identity,
                                     const cli::CaptureSettings& settings);

}  // namespace espcap::app

#endif  // ESPCAP_APP_TEMPLATE_INSTALL_H_
