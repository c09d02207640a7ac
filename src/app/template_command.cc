// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/template_command.h"

#include <optional>
#include <utility>

#include "app/field_source.h"
#include "app/server_query.h"
#include "app/standard_output.h"
#include "app/template_install.h"
#include "document/index_name.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/template_store.h"
#include "schema/index_pattern.h"

namespace espcap::app {
namespace {

Result<void> CheckRequest(const cli::TemplateSettings& settings) {
  if (settings.install && settings.check) return Fail("--install and --check: choose one");
  if ((settings.install || settings.check) && settings.nodes.empty()) {
    return Fail("{}: which server? --node says it", settings.install ? "--install" : "--check");
  }
  if (!settings.data_stream.empty()) {
    const std::string fault = document::IndexNameFault(settings.data_stream);
    if (!fault.empty()) return Fail("--data-stream '{}': {}", settings.data_stream, fault);
    return {};
  }
  if (auto index = document::IndexName::Parse(settings.index); !index) {
    return Forward(std::move(index));
  }
  if (schema::IndexPattern(settings.index) == "*") {
    return Fail("--index '{}' has no fixed beginning: its template would match every index",
                settings.index);
  }
  return {};
}

Result<schema::IndexTemplate> Build(const char* program_path, const cli::TemplateSettings& settings,
                                    schema::Dialect dialect) {
  FieldChoice choice;
  if (!settings.fields.empty() || !settings.protocols.empty()) {
    choice = {FieldChoice::Kind::kListed, settings.fields, settings.protocols};
  }
  const auto fields = FetchFields(program_path, {}, choice);
  if (!fields) return tl::unexpected(fields.error());
  std::vector<schema::Field> rest;
  if (settings.rest == "flattened") {
    auto every = FetchFields(program_path, {}, {FieldChoice::Kind::kEvery, {}, {}});
    if (!every) return Forward(std::move(every));
    rest = std::move(*every);
  }
  schema::TemplateRequest request;
  request.data_stream = !settings.data_stream.empty();
  request.index = request.data_stream ? settings.data_stream : settings.index;
  request.dialect = dialect;
  return schema::BuildTemplate(request, *fields, rest);
}

Result<void> Install(const elasticsearch::Server& server, const schema::IndexTemplate& wanted,
                     telemetry::Log& log) {
  const auto differences = elasticsearch::CompareTemplate(server, wanted);
  if (!differences) return tl::unexpected(differences.error());
  if (differences->empty()) {
    log.Info(fmt::format("{}: there already, nothing to do", wanted.name));
    return {};
  }
  if (auto put = elasticsearch::PutTemplate(server, wanted); !put) return put;
  log.Info(fmt::format("{}: installed, for {}", wanted.name, wanted.index_pattern));
  return {};
}

Result<void> Check(const elasticsearch::Server& server, const schema::IndexTemplate& wanted,
                   telemetry::Log& log) {
  const auto differences = elasticsearch::CompareTemplate(server, wanted);
  if (!differences) return tl::unexpected(differences.error());
  if (differences->empty()) {
    log.Info(fmt::format("{}: as espcap would install it", wanted.name));
    return {};
  }
  for (const std::string& difference : *differences) log.Error(difference);
  return Fail("{} is not as espcap would install it: --install does", wanted.name);
}

}  // namespace

Result<void> RunTemplateCommand(const char* program_path, const cli::TemplateSettings& settings,
                                telemetry::Log& log) {
  if (auto checked = CheckRequest(settings); !checked) return checked;
  std::optional<QueriedServer> server;
  if (!settings.nodes.empty()) {
    auto found = FindServer(settings);
    if (!found) return Forward(std::move(found));
    server = std::move(*found);
  }
  auto dialect = settings.server == "opensearch" ? schema::Dialect::kOpenSearch
                                                 : schema::Dialect::kElasticsearch;
  if (server) dialect = elasticsearch::DialectOf(server->identity);
  auto wanted = Build(program_path, settings, dialect);
  if (!wanted) return Forward(std::move(wanted));
  if (settings.install) return Install({*server->client, server->node}, *wanted, log);
  if (settings.check) return Check({*server->client, server->node}, *wanted, log);
  return PrintText(schema::PrintTemplate(*wanted) + '\n');
}

}  // namespace espcap::app
