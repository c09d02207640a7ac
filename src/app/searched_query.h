// SPDX-License-Identifier: GPL-2.0-or-later
//
// A query as a server is asked it: a path that no index has as it is becomes all the paths under
// which the server has such a field.
#ifndef ESPCAP_APP_SEARCHED_QUERY_H_
#define ESPCAP_APP_SEARCHED_QUERY_H_

#include <string>

#include "app/server_query.h"
#include "elasticsearch/hit_query.h"
#include "espcap/result.h"
#include "telemetry/log.h"

namespace espcap::app {

// A query that is JSON stays as it is. Says which fields there aren't. Waits.
Result<elasticsearch::HitRequest> SearchedQuery(const QueriedServer& server,
                                                const std::string& index,
                                                elasticsearch::HitRequest query,
                                                telemetry::Log& log);

}  // namespace espcap::app

#endif  // ESPCAP_APP_SEARCHED_QUERY_H_
