// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/broker_secrets.h"

#include <memory>
#include <string>
#include <utility>

#include "base/secret_file.h"

namespace espcap::app {

Result<void> AddSecrets(kafka::Connection& connection, base::Secret password) {
  const auto key = kafka::ValueOf(connection.properties, "ssl.key.location");
  if (!key.empty() || !password.empty()) base::ForbidDumps();
  if (!key.empty()) {
    auto checked = base::CheckSecretFile("the client's key", std::string(key));
    if (!checked) return checked;
  }
  if (!password.empty()) {
    connection.password = std::make_shared<const base::Secret>(std::move(password));
  }
  return {};
}

}  // namespace espcap::app
