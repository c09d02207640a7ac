// SPDX-License-Identifier: GPL-2.0-or-later
//
// Which indices a pattern of --index makes, as a server's templates name them. Pure functions.
#ifndef ESPCAP_SCHEMA_INDEX_PATTERN_H_
#define ESPCAP_SCHEMA_INDEX_PATTERN_H_

#include <string>

namespace espcap::schema {

// "packets-%Y-%m-%d" → "packets-*": a conversion of strftime(3), and all up to the last one that
// only punctuation parts from it, can be anything.
std::string IndexPattern(const std::string& strftime_pattern);

// "packets-*" → "espcap-packets".
std::string TemplateName(const std::string& index_pattern);

}  // namespace espcap::schema

#endif  // ESPCAP_SCHEMA_INDEX_PATTERN_H_
