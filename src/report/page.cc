// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page.h"

#include <fmt/format.h>
#include <gcrypt.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/base64.h"
#include "report/quoting.h"

namespace espcap::report {
namespace {

using nlohmann::ordered_json;

const char* NameOf(Section::Chart chart) {
  switch (chart) {
    case Section::Chart::kBars:
      return "bars";
    case Section::Chart::kTime:
      return "time";
    case Section::Chart::kNone:
      break;
  }
  return "none";
}

ordered_json CellOf(const Cell& cell) {
  if (const auto* number = std::get_if<uint64_t>(&cell)) return *number;
  return VisibleText(std::get<std::string>(cell));
}

ordered_json RowOf(const Row& row, const Search& search) {
  ordered_json cells = ordered_json::array();
  for (const Cell& cell : row.cells) cells.push_back(CellOf(cell));
  ordered_json made = {{"name", VisibleText(row.name)}, {"cells", std::move(cells)}};
  if (row.query.empty()) return made;
  made["query"] = RowQuery(search, row.query);
  made["command"] = PacketsCommand(search, row.query);
  return made;
}

ordered_json SectionOf(const Section& section, const Search& search) {
  ordered_json rows = ordered_json::array();
  for (const Row& row : section.rows) rows.push_back(RowOf(row, search));
  return {{"id", section.id},
          {"title", section.title},
          {"sentence", section.sentence},
          {"names", section.names},
          {"columns", section.columns},
          {"chart", NameOf(section.chart)},
          {"charted", section.charted},
          {"approximate", section.is_approximate},
          {"note", VisibleText(section.note)},
          {"rows", std::move(rows)}};
}

std::string DataOf(const Report& report) {
  ordered_json facts = ordered_json::array();
  for (const Fact& fact : report.facts) {
    facts.push_back({{"name", fact.name}, {"value", CellOf(fact.value)}});
  }
  ordered_json sections = ordered_json::array();
  for (const Section& section : report.sections) {
    sections.push_back(SectionOf(section, report.search));
  }
  const ordered_json data = {{"facts", std::move(facts)}, {"sections", std::move(sections)}};
  return ScriptJson(data.dump(-1, ' ', true, ordered_json::error_handler_t::replace));
}

}  // namespace

std::string PolicyHash(std::string_view content) {
  gcry_check_version(nullptr);  // initialises libgcrypt where nobody has yet
  std::array<uint8_t, 32> digest{};
  gcry_md_hash_buffer(GCRY_MD_SHA256, digest.data(), content.data(), content.size());
  return "sha256-" + base::Base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string PageOf(const Report& report) {
  const PageAssets assets = BuiltInAssets();
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "script-src '{}' '{}'; style-src '{}'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>espcap report</title>\n",
      PolicyHash(assets.charts), PolicyHash(assets.script), PolicyHash(assets.style));
  const auto add = [&page](std::string_view begin, std::string_view content, std::string_view end) {
    page += begin;
    page += content;
    page += end;
  };
  add("<style>", assets.style, "</style>\n</head>\n<body>\n<main id=\"page\">\n");
  page += "<noscript>This page shows its figures by its script.</noscript>\n</main>\n";
  add(R"(<script type="application/json" id="report">)", DataOf(report), "</script>\n");
  add("<script>", assets.charts, "</script>\n");
  add("<script>", assets.script, "</script>\n</body>\n</html>\n");
  return page;
}

}  // namespace espcap::report
