// SPDX-License-Identifier: GPL-2.0-or-later
//
// Files of certificates and keys, looked at before they are needed: what libcurl would say in the
// middle of a run is said at its start, with the option's name.
#ifndef ESPCAP_HTTP_PEM_FILES_H_
#define ESPCAP_HTTP_PEM_FILES_H_

#include <string>

#include "espcap/result.h"

namespace espcap::http {

// --ca-file: one certificate or more.
Result<void> CheckCaFile(const std::string& path);

// --client-cert and --client-key: a certificate (with its chain) and the key that fits it, which
// only its owner can read and which no passphrase guards. An empty `key_path`: it is in the
// certificate's file.
Result<void> CheckClientCertificate(const std::string& path, const std::string& key_path);

}  // namespace espcap::http

#endif  // ESPCAP_HTTP_PEM_FILES_H_
