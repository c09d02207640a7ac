// SPDX-License-Identifier: GPL-2.0-or-later
#include "source/filter_fault.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include "source/filter_program.h"

namespace espcap::source {
namespace {

std::string FaultOf(const std::string& expression) {
  auto checked = CheckCaptureFilter(expression);
  return checked ? "" : checked.error().message;
}

TEST(FilterFault, IsAtTheWordThatNothingCanFollow) {
  const struct {
    const char* expression;
    const char* place;
  } cases[] = {
      {"tcp port port 80", "at 'port' (character 10)"},
      {"tcp and and udp", "at 'and' (character 9)"},
      {"udp or )", "at ')' (character 8)"},
      {"ip[2:2 > 3", "at '>' (character 8)"},
      {"host 1.2.3.4 tcp udp", "at 'tcp' (character 14)"},
      {"tcp port", "at the end"},
      {"(tcp and (udp port 53)", "at the end"},
  };
  for (const auto& test : cases) {
    const std::string message = FaultOf(test.expression);
    EXPECT_NE(message.find(std::string("syntax error ") + test.place), std::string::npos)
        << message;
    EXPECT_NE(message.find(test.expression), std::string::npos) << message;
  }
}

TEST(FilterFault, NamesTheLinkType) {
  EXPECT_EQ(DescribeFilterFault("ether proto 1", "not supported", DLT_RAW),
            "--bpf 'ether proto 1' on link type RAW: not supported (see pcap-filter(7))");
}

}  // namespace
}  // namespace espcap::source
