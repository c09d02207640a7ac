// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_findings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Kind = IndexStanding::Kind;
using Listed = std::vector<ListedTemplate>;

const OwnTemplate kOwn{"packets-*", "espcap-packets", 200};

IndexStanding Standing(std::optional<Listed> composable, std::string fault = "other fields") {
  IndexStanding standing;
  standing.index = "packets-1";
  standing.has_template = composable && !composable->empty();
  standing.composable = std::move(composable);
  standing.template_fault = std::move(fault);
  return standing;
}

TEST(IndexFindings, WhenTheTemplateIsInstalled) {
  struct Case {
    const char* what;
    IndexStanding standing;
    bool installs;
    bool makes_data_stream;
    const char* reason;
  };
  IndexStanding alias = Standing(std::nullopt);
  alias.kind = Kind::kAlias;
  IndexStanding stream = Standing(std::nullopt);
  stream.kind = Kind::kDataStream;
  IndexStanding unknown = Standing(std::nullopt);
  unknown.has_template.reset();
  IndexStanding nameless = Standing(std::nullopt);
  nameless.has_template = true;
  const Case cases[] = {
      {"nothing there", Standing(Listed()), true, false, ""},
      {"catch-all below", Standing(Listed{{"all", {"*"}, 0}}), true, false, ""},
      {"catch-all above", Standing(Listed{{"all", {"*"}, 900}}), true, false, ""},
      {"broader", Standing(Listed{{"all", {"pack*"}, 1}}), true, false, ""},
      {"data streams", Standing(Listed{{"all", {"*"}, 0, true}}), true, true, ""},
      {"ours", Standing(Listed{{"espcap-packets", {"packets-*"}, 200}}, ""), false, false,
       "already there"},
      {"ours, renewed by hand", Standing(Listed{{"espcap-packets", {"packets-*"}, 200}}), false,
       false, "already there"},
      {"ours below another",
       Standing(Listed{{"espcap-packets", {"packets-*"}, 0}, {"all", {"*"}, 5}}), false, false,
       "already there"},
      {"as good as ours", Standing(Listed{{"espcap-p", {"p*"}, 0}}, ""), false, false,
       "already there"},
      {"theirs", Standing(Listed{{"own", {"packets-*"}, 1}}), false, false, "the server's own"},
      {"espcap's for more", Standing(Listed{{"espcap-p", {"p*"}, 200}}), false, false,
       "the server's espcap-p"},
      {"an alias", alias, false, false, "none: packets-1 is an alias"},
      {"a data stream", stream, false, false, "none: packets-1 is a data stream"},
      {"no question answered", unknown, true, false, ""},
      {"one without a name", nameless, false, false, "the server's"},
  };
  for (const Case& c : cases) {
    const InstallPlan plan = PlanInstall(c.standing, kOwn);
    EXPECT_EQ(plan.installs, c.installs) << c.what;
    EXPECT_EQ(plan.makes_data_stream, c.makes_data_stream) << c.what;
    EXPECT_EQ(plan.reason, c.reason) << c.what;
    EXPECT_EQ(plan.only_if_missing, c.installs && !c.standing.composable) << c.what;
  }
}

TEST(IndexFindings, WhatTheUserIsTold) {
  struct Case {
    const char* what;
    IndexStanding standing;
    bool installed;
    std::vector<std::string> parts;  // of the messages, one each
  };
  IndexStanding legacy = Standing(Listed());
  legacy.legacy = {"old"};
  IndexStanding written = Standing(Listed{{"espcap-packets", {"packets-*"}, 200}}, "");
  written.kind = Kind::kIndex;
  written.write_index = "packets-1";
  written.write_fault = "x is text in place of ip";
  const Case cases[] = {
      {"nothing there", Standing(Listed()), true, {}},
      {"catch-all below", Standing(Listed{{"all", {"*"}, 0}}), true, {}},
      {"catch-all above",
       Standing(Listed{{"all", {"*"}, 900}}),
       true,
       {"index packets-1: the template all (priority 900) decides its fields, not espcap's: other "
        "fields; espcap-packets has priority 200: 'espcap template --install --template-priority "
        "901'"}},
      {"the same, later",
       Standing(Listed{{"all", {"*"}, 900}, {"espcap-packets", {"packets-*"}, 200}}),
       false,
       {"the template all (priority 900)"}},
      {"theirs",
       Standing(Listed{{"own", {"packets-*"}, 1}}),
       false,
       {"the template own (priority 1)"}},
      {"legacy, and ours is new", legacy, true, {"legacy template old: it applies no longer"}},
      {"legacy, and nothing of ours", legacy, false, {"the legacy template old decides"}},
      {"an older index",
       written,
       false,
       {"index packets-1: its fields are not espcap's: x is text"}},
      {"ours", Standing(Listed{{"espcap-packets", {"packets-*"}, 200}}, ""), false, {}},
  };
  for (const Case& c : cases) {
    const auto messages = Shortcomings(c.standing, kOwn, c.installed);
    ASSERT_EQ(messages.size(), c.parts.size()) << c.what;
    for (size_t i = 0; i < messages.size(); ++i) {
      EXPECT_NE(messages[i].find(c.parts[i]), std::string::npos) << messages[i];
    }
  }
}

TEST(IndexFindings, WhatNoDocumentGetsPast) {
  IndexStanding standing = Standing(Listed());
  EXPECT_EQ(Obstacle(standing, "p"), "");
  standing.missing_pipelines = {"p"};
  EXPECT_EQ(Obstacle(standing, "p"),
            "--pipeline p: the server has no ingest pipeline of this name");
  EXPECT_NE(Obstacle(standing, "").find("the ingest pipeline p, which the server doesn't have"),
            std::string::npos);
  standing.has_write_index = false;
  EXPECT_NE(Obstacle(standing, "").find("is_write_index"), std::string::npos);
}

}  // namespace
}  // namespace espcap::elasticsearch
