// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace espcap::report {
namespace {

constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>\u2028\u202e&";

Report HostileReport() {
  Report report;
  report.search = {.node = kHostile, .index = kHostile};
  report.facts = {{"Query", kHostile}, {"Packets", uint64_t{7}}};
  report.sections = {{.id = "names",
                      .title = "Names",
                      .columns = {"packets", "state"},
                      .rows = {{kHostile, {uint64_t{7}, kHostile}, "f:\"x\""}, {"plain", {}, ""}},
                      .is_approximate = true,
                      .note = kHostile}};
  return report;
}

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t at = text.find(begin);
  if (at == std::string::npos) return {};
  return text.substr(at + begin.size(), text.find(end, at + begin.size()) - at - begin.size());
}

TEST(PageTest, AHashIsAsAPolicyNamesIt) {
  // Of the Content Security Policy's own example (CSP 3, 2.3.1), and of nothing.
  EXPECT_EQ(PolicyHash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
  EXPECT_EQ(PolicyHash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(PageTest, NothingOfTheReportIsMarkup) {
  const std::string page = PageOf(HostileReport());
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("onerror=alert(1)>"), std::string::npos);
  EXPECT_EQ(page.find("\u202e"), std::string::npos);
  size_t ends = 0;
  for (size_t at = 0; (at = page.find("</script", at)) != std::string::npos; ++at) ++ends;
  EXPECT_EQ(ends, 3U);
  EXPECT_EQ(page.find("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "),
            page.rfind("http-equiv="));
}

TEST(PageTest, TheDataIsWhatTheReportSays) {
  const std::string page = PageOf(HostileReport());
  const auto data = nlohmann::json::parse(
      Between(page, "<script type=\"application/json\" id=\"report\">", "</script>"));
  const auto& section = data["sections"][0];
  EXPECT_EQ(section["rows"][0]["name"], R"(</script><img src=x onerror=alert(1)>\u2028\u202e&)");
  EXPECT_EQ(section["rows"][0]["cells"][0], 7);
  EXPECT_EQ(section["rows"][0]["query"], "f:\"x\"");
  EXPECT_FALSE(section["rows"][1].contains("query"));
  EXPECT_EQ(section["approximate"], true);
  EXPECT_EQ(data["facts"][0]["name"], "Query");
  EXPECT_EQ(data["facts"][1]["value"], 7);
}

TEST(PageTest, ThePolicyHasTheHashesOfWhatIsBuiltIn) {
  const std::string page = PageOf({});
  const PageAssets assets = BuiltInAssets();
  EXPECT_NE(assets.charts.find("Released under the MIT License"), std::string_view::npos);
  for (const std::string_view asset : {assets.charts, assets.script, assets.style}) {
    EXPECT_NE(page.find(PolicyHash(asset)), std::string::npos);
    EXPECT_EQ(asset.find("</s"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace espcap::report
