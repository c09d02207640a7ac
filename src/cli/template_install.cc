// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/template_install.h"

#include "cli/field_source.h"
#include "schema/index_pattern.h"
#include "schema/index_template.h"

namespace espcap::cli {
namespace {

Result<std::string> Install(const deliver::Server& server, const deliver::ServerIdentity& identity,
                            const char* program_path, const CaptureSettings& settings) {
  const auto found = deliver::TemplateFor(server, schema::IndexPattern(settings.index));
  if (!found) return tl::unexpected(found.error());
  if (found->is_there) return "already there";
  const auto fields = FetchFields(program_path, settings.dissection, {});
  if (!fields) return tl::unexpected(fields.error());
  schema::TemplateRequest request;
  request.index = settings.index;
  request.dialect = DialectOf(identity);
  const schema::IndexTemplate wanted = schema::BuildTemplate(request, *fields);
  if (auto put = deliver::PutTemplate(server, wanted); !put) return Forward(std::move(put));
  return "installed as " + wanted.name;
}

}  // namespace

schema::Dialect DialectOf(const deliver::ServerIdentity& identity) {
  return identity.name == "OpenSearch" ? schema::Dialect::kOpenSearch
                                       : schema::Dialect::kElasticsearch;
}

void InstallTemplate(const deliver::Server& server, const deliver::ServerIdentity& identity,
                     const char* program_path, const CaptureSettings& settings,
                     telemetry::Log& log) {
  const std::string pattern = schema::IndexPattern(settings.index);
  if (pattern == "*") {
    log.Warning("no index template installed: --index '" + settings.index +
                "' has no fixed beginning, and it would match every index");
    return;
  }
  const auto outcome = Install(server, identity, program_path, settings);
  if (!outcome) {
    log.Warning(outcome.error().message + "; the server's own mapping is used");
    return;
  }
  log.Verbose("index template for " + pattern + ": " + *outcome);
}

std::optional<uint64_t> LongestValue(const deliver::Server& server,
                                     const deliver::ServerIdentity& identity,
                                     const CaptureSettings& settings) {
  if (DialectOf(identity) != schema::Dialect::kOpenSearch) return std::nullopt;
  const auto found = deliver::TemplateFor(server, schema::IndexPattern(settings.index));
  if (!found || !found->has_flat_object) return std::nullopt;
  // Lucene takes terms of 32,766 bytes, and the value's path is a part of its term.
  constexpr uint64_t kFits = uint64_t{16} << 10U;
  return kFits;
}

}  // namespace espcap::cli
