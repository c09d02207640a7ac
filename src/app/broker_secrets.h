// SPDX-License-Identifier: GPL-2.0-or-later
//
// What nobody else may see of a connection to brokers.
#ifndef ESPCAP_APP_BROKER_SECRETS_H_
#define ESPCAP_APP_BROKER_SECRETS_H_

#include "base/secret.h"
#include "espcap/result.h"
#include "kafka/client.h"

namespace espcap::app {

// The password, unless it is empty. From then on this process can't be dumped, as with a key among
// the properties. An error: others can read the key's file.
Result<void> AddSecrets(kafka::Connection& connection, base::Secret password);

}  // namespace espcap::app

#endif  // ESPCAP_APP_BROKER_SECRETS_H_
