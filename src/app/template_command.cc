// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/template_command.h"

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/field_source.h"
#include "app/server_query.h"
#include "app/standard_output.h"
#include "document/index_name.h"
#include "elasticsearch/elasticsearch.h"
#include "elasticsearch/index_findings.h"
#include "elasticsearch/index_inquiry.h"
#include "elasticsearch/preparation.h"
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
                                    schema::Dialect dialect, std::string_view version) {
  FieldChoice choice;
  if (!settings.fields.empty() || !settings.protocols.empty()) {
    choice = {FieldChoice::Kind::kListed, settings.fields, settings.protocols};
  }
  const auto fields = FetchFields(program_path, choice);
  if (!fields) return tl::unexpected(fields.error());
  std::vector<schema::Field> rest;
  if (settings.rest == "flattened") {
    auto every = FetchFields(program_path, {FieldChoice::Kind::kEvery, {}, {}});
    if (!every) return Forward(std::move(every));
    rest = std::move(*every);
  }
  schema::TemplateRequest request;
  request.data_stream = !settings.data_stream.empty();
  request.index = request.data_stream ? settings.data_stream : settings.index;
  request.priority = settings.template_priority;
  request.dialect = dialect;
  request.value_strings = settings.value_strings;
  request.labels.type = schema::LabelTypeOf(dialect, version);
  return schema::BuildTemplate(request, *fields, rest);
}

// What would become of documents of today there; each question waits for its answer.
Result<elasticsearch::IndexState> AskFor(const elasticsearch::Server& server,
                                         const std::string& index, telemetry::Log& log) {
  elasticsearch::IndexInquiry inquiry({index, {}, true});
  while (!inquiry.done()) {
    const std::string question = inquiry.Question();
    auto answer = server.client.Perform(server.node, inquiry.NextRequest());
    if (!answer) return Forward(std::move(answer));
    if (answer->status != 200 && answer->status != 404 && answer->status != 405) {
      log.Warning(fmt::format("{}: {} ({}); not checked", question, answer->status,
                              elasticsearch::ReasonOf(*answer)));
      inquiry.Skip();
    } else if (auto taken = inquiry.HandleResponse(*answer); !taken) {
      return Fail("{}: {}", question, taken.error().message);
    }
  }
  return inquiry.index_state();
}

Result<void> Install(const elasticsearch::Server& server, const std::string& index,
                     const schema::IndexTemplate& wanted, int64_t priority, telemetry::Log& log) {
  const auto differences = elasticsearch::CompareTemplate(server, wanted);
  if (!differences) return tl::unexpected(differences.error());
  if (differences->empty()) {
    log.Info(fmt::format("{}: there already, nothing to do", wanted.name));
  } else {
    if (auto put = elasticsearch::PutTemplate(server, wanted); !put) return put;
    log.Info(fmt::format("{}: installed, for {}", wanted.name, wanted.index_pattern));
  }
  auto index_state = AskFor(server, index, log);
  if (!index_state) return Forward(std::move(index_state));
  for (const std::string& message : elasticsearch::Shortcomings(
           *index_state, {wanted.index_pattern, wanted.name, priority}, false)) {
    log.Warning(message);
  }
  return {};
}

Result<ExitStatus> Check(const elasticsearch::Server& server, const std::string& index,
                         const schema::IndexTemplate& wanted, int64_t priority,
                         telemetry::Log& log) {
  auto findings = elasticsearch::CompareTemplate(server, wanted);
  if (!findings) return tl::unexpected(findings.error());
  const bool is_as_wanted = findings->empty();
  const auto index_state = AskFor(server, index, log);
  if (!index_state) return tl::unexpected(index_state.error());
  for (std::string& message : elasticsearch::Shortcomings(
           *index_state, {wanted.index_pattern, wanted.name, priority}, false)) {
    findings->push_back(std::move(message));
  }
  if (std::string obstacle = elasticsearch::Obstacle(*index_state, {}); !obstacle.empty()) {
    findings->push_back(std::move(obstacle));
  }
  for (const std::string& finding : *findings) log.Error(finding);
  if (findings->empty()) {
    log.Info(fmt::format("{}: as espcap would install it", wanted.name));
    return ExitStatus::kComplete;
  }
  if (!is_as_wanted) {
    log.Error(wanted.name + " is not as espcap would install it: --install does");
  }
  return ExitStatus::kIncomplete;
}

// Of documents of today.
Result<std::string> SampleIndex(const cli::TemplateSettings& settings) {
  if (!settings.data_stream.empty()) return settings.data_stream;
  auto index = document::IndexName::Parse(settings.index);
  if (!index) return Forward(std::move(index));
  return index->For(std::time(nullptr));
}

}  // namespace

Result<ExitStatus> RunTemplateCommand(const char* program_path,
                                      const cli::TemplateSettings& settings, telemetry::Log& log) {
  if (auto checked = CheckRequest(settings); !checked) return Forward(std::move(checked));
  std::optional<QueriedServer> server;
  if (!settings.nodes.empty()) {
    auto found = FindServer(settings);
    if (!found) return Forward(std::move(found));
    server = std::move(*found);
  }
  auto dialect = settings.server == "opensearch" ? schema::Dialect::kOpenSearch
                                                 : schema::Dialect::kElasticsearch;
  if (server) dialect = elasticsearch::DialectOf(server->identity);
  const std::string version = server ? server->identity.version : "";
  auto wanted = Build(program_path, settings, dialect, version);
  if (!wanted) return Forward(std::move(wanted));
  if (settings.install || settings.check) {
    const elasticsearch::Server on{*server->client, server->node};
    const auto index = SampleIndex(settings);
    if (!index) return tl::unexpected(index.error());
    if (settings.check) return Check(on, *index, *wanted, settings.template_priority, log);
    auto put = Install(on, *index, *wanted, settings.template_priority, log);
    if (!put) return Forward(std::move(put));
    return ExitStatus::kComplete;
  }
  auto printed = PrintText(schema::PrintTemplate(*wanted) + '\n');
  if (!printed) return Forward(std::move(printed));
  return ExitStatus::kComplete;
}

}  // namespace espcap::app
