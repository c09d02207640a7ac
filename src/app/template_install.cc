// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/template_install.h"

#include "app/run_options.h"

#include "app/field_source.h"
#include "schema/index_pattern.h"
#include "schema/index_template.h"

namespace espcap::app {
namespace {

Result<std::string> Install(const elasticsearch::Server& server,
                            const elasticsearch::ServerIdentity& identity, const char* program_path,
                            const cli::CaptureSettings& settings) {
  const auto found = elasticsearch::TemplateFor(server, schema::IndexPattern(settings.index));
  if (!found) return tl::unexpected(found.error());
  if (found->is_there) return "already there";
  const auto fields = FetchFields(program_path, DissectionOptionsOf(settings.dissection), {});
  if (!fields) return tl::unexpected(fields.error());
  schema::TemplateRequest request;
  request.index = settings.index;
  request.dialect = DialectOf(identity);
  const schema::IndexTemplate wanted = schema::BuildTemplate(request, *fields);
  if (auto put = elasticsearch::PutTemplate(server, wanted); !put) return Forward(std::move(put));
  return "installed as " + wanted.name;
}

}  // namespace

schema::Dialect DialectOf(const elasticsearch::ServerIdentity& identity) {
  return identity.name == "OpenSearch" ? schema::Dialect::kOpenSearch
                                       : schema::Dialect::kElasticsearch;
}

void InstallTemplate(const elasticsearch::Server& server,
                     const elasticsearch::ServerIdentity& identity, const char* program_path,
                     const cli::CaptureSettings& settings, telemetry::Log& log) {
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

std::optional<uint64_t> LongestValue(const elasticsearch::Server& server,
                                     const elasticsearch::ServerIdentity& identity,
                                     const cli::CaptureSettings& settings) {
  if (DialectOf(identity) != schema::Dialect::kOpenSearch) return std::nullopt;
  const auto found = elasticsearch::TemplateFor(server, schema::IndexPattern(settings.index));
  if (!found || !found->has_flat_object) return std::nullopt;
  // Lucene takes terms of 32,766 bytes, and the value's path is a part of its term.
  constexpr uint64_t kFits = uint64_t{16} << 10U;
  return kFits;
}

}  // namespace espcap::app
