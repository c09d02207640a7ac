// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/template_install.h"

#include "cli/field_source.h"
#include "schema/index_pattern.h"
#include "schema/index_template.h"

namespace espcap::cli {
namespace {

Result<std::string> Install(const deliver::Server& server, const deliver::ServerIdentity& identity,
                            const char* program_path, const CaptureSettings& settings) {
  const auto is_there = deliver::HasTemplateFor(server, schema::IndexPattern(settings.index));
  if (!is_there) return tl::unexpected(is_there.error());
  if (*is_there) return "already there";
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

}  // namespace espcap::cli
