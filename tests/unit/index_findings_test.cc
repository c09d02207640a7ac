// SPDX-License-Identifier: GPL-2.0-or-later
#include "elasticsearch/index_findings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::elasticsearch {
namespace {

using Kind = IndexState::Kind;
using Listed = std::vector<ListedTemplate>;

const OwnTemplate kOwn{"packets-*", "espcap-packets", 200};

IndexState StateWith(std::optional<Listed> composable, std::string fault = "other fields") {
  IndexState index_state;
  index_state.index = "packets-1";
  index_state.has_template = composable && !composable->empty();
  index_state.composable = std::move(composable);
  index_state.template_fault = std::move(fault);
  return index_state;
}

TEST(IndexFindings, WhenTheTemplateIsInstalled) {
  struct Case {
    const char* what;
    IndexState index_state;
    bool installs;
    bool makes_data_stream;
    const char* reason;
  };
  IndexState alias = StateWith(std::nullopt);
  alias.kind = Kind::kAlias;
  IndexState stream = StateWith(std::nullopt);
  stream.kind = Kind::kDataStream;
  IndexState unknown = StateWith(std::nullopt);
  unknown.has_template.reset();
  IndexState nameless = StateWith(std::nullopt);
  nameless.has_template = true;
  const Case cases[] = {
      {"nothing there", StateWith(Listed()), true, false, ""},
      {"catch-all below", StateWith(Listed{{"all", {"*"}, 0}}), true, false, ""},
      {"catch-all above", StateWith(Listed{{"all", {"*"}, 900}}), true, false, ""},
      {"broader", StateWith(Listed{{"all", {"pack*"}, 1}}), true, false, ""},
      {"data streams", StateWith(Listed{{"all", {"*"}, 0, true}}), true, true, ""},
      {"ours", StateWith(Listed{{"espcap-packets", {"packets-*"}, 200}}, ""), false, false,
       "already there"},
      {"ours, renewed by hand", StateWith(Listed{{"espcap-packets", {"packets-*"}, 200}}), false,
       false, "already there"},
      {"ours below another",
       StateWith(Listed{{"espcap-packets", {"packets-*"}, 0}, {"all", {"*"}, 5}}), false, false,
       "already there"},
      {"as good as ours", StateWith(Listed{{"espcap-p", {"p*"}, 0}}, ""), false, false,
       "already there"},
      {"theirs", StateWith(Listed{{"own", {"packets-*"}, 1}}), false, false, "the server's own"},
      {"espcap's for more", StateWith(Listed{{"espcap-p", {"p*"}, 200}}), false, false,
       "the server's espcap-p"},
      {"an alias", alias, false, false, "none: packets-1 is an alias"},
      {"a data stream", stream, false, false, "none: packets-1 is a data stream"},
      {"no question answered", unknown, true, false, ""},
      {"one without a name", nameless, false, false, "the server's"},
  };
  for (const Case& c : cases) {
    const InstallPlan plan = PlanInstall(c.index_state, kOwn);
    EXPECT_EQ(plan.installs, c.installs) << c.what;
    EXPECT_EQ(plan.makes_data_stream, c.makes_data_stream) << c.what;
    EXPECT_EQ(plan.reason, c.reason) << c.what;
    EXPECT_EQ(plan.only_if_missing, c.installs && !c.index_state.composable) << c.what;
  }
}

TEST(IndexFindings, WhatTheUserIsTold) {
  struct Case {
    const char* what;
    IndexState index_state;
    bool installed;
    std::vector<std::string> parts;  // of the messages, one each
  };
  IndexState legacy = StateWith(Listed());
  legacy.legacy = {"old"};
  IndexState written = StateWith(Listed{{"espcap-packets", {"packets-*"}, 200}}, "");
  written.kind = Kind::kIndex;
  written.write_index = "packets-1";
  written.write_fault = "x is text in place of ip";
  const Case cases[] = {
      {"nothing there", StateWith(Listed()), true, {}},
      {"catch-all below", StateWith(Listed{{"all", {"*"}, 0}}), true, {}},
      {"catch-all above",
       StateWith(Listed{{"all", {"*"}, 900}}),
       true,
       {"index packets-1: the template all (priority 900) decides its fields, not espcap's: other "
        "fields; espcap-packets has priority 200: 'espcap template --install --template-priority "
        "901'"}},
      {"the same, later",
       StateWith(Listed{{"all", {"*"}, 900}, {"espcap-packets", {"packets-*"}, 200}}),
       false,
       {"the template all (priority 900)"}},
      {"theirs",
       StateWith(Listed{{"own", {"packets-*"}, 1}}),
       false,
       {"the template own (priority 1)"}},
      {"legacy, and ours is new", legacy, true, {"legacy template old: it applies no longer"}},
      {"legacy, and nothing of ours", legacy, false, {"the legacy template old decides"}},
      {"an older index",
       written,
       false,
       {"index packets-1: its fields are not espcap's: x is text"}},
      {"ours", StateWith(Listed{{"espcap-packets", {"packets-*"}, 200}}, ""), false, {}},
  };
  for (const Case& c : cases) {
    const auto messages = Shortcomings(c.index_state, kOwn, c.installed);
    ASSERT_EQ(messages.size(), c.parts.size()) << c.what;
    for (size_t i = 0; i < messages.size(); ++i) {
      EXPECT_NE(messages[i].find(c.parts[i]), std::string::npos) << messages[i];
    }
  }
}

TEST(IndexFindings, WhatNoDocumentGetsPast) {
  IndexState index_state = StateWith(Listed());
  EXPECT_EQ(Obstacle(index_state, "p"), "");
  index_state.missing_pipelines = {"p"};
  EXPECT_EQ(Obstacle(index_state, "p"),
            "--pipeline p: the server has no ingest pipeline of this name");
  EXPECT_NE(Obstacle(index_state, "").find("the ingest pipeline p, which the server doesn't have"),
            std::string::npos);
  index_state.has_write_index = false;
  EXPECT_NE(Obstacle(index_state, "").find("is_write_index"), std::string::npos);
}

}  // namespace
}  // namespace espcap::elasticsearch
