// SPDX-License-Identifier: GPL-2.0-or-later
#include "kafka/address.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace espcap::kafka {
namespace {

TEST(KafkaAddress, BrokersHaveTheDefaultPortUnlessGiven) {
  const auto address = ParseAddress("--output", "kafka://one,two:1234,[::1],[fe80::1]:99/packets");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->brokers,
            (std::vector<std::string>{"one:9092", "two:1234", "[::1]:9092", "[fe80::1]:99"}));
  EXPECT_EQ(address->topic, "packets");
  EXPECT_EQ(address->Bootstrap(), "one:9092,two:1234,[::1]:9092,[fe80::1]:99");
  EXPECT_EQ(address->Text(), "kafka://one:9092,two:1234,[::1]:9092,[fe80::1]:99/packets");
}

TEST(KafkaAddress, AnythingElseIsAnErrorThatSaysWhat) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {"kafka://", "no host"},
      {"kafka:///topic", "no host"},
      {"kafka://broker", "the topic is missing"},
      {"kafka://broker/", "the topic is missing"},
      {"kafka://broker/a/b", "letters, digits"},
      {"kafka://broker/..", "letters, digits"},
      {"kafka://broker/t\xC3\xB6pic", "letters, digits"},
      {"kafka://broker/" + std::string(250, 't'), "longer than 249"},
      {"kafka://broker:0/t", "no port"},
      {"kafka://broker:70000/t", "no port"},
      {"kafka://broker:9o/t", "no port"},
      {"kafka://broker:/t", "no port"},
      {"kafka://a,,b/t", "no host"},
      {"kafka://a,/t", "no host"},
      {"kafka://[::1/t", "no host"},
      {"kafka://[]/t", "no host"},
      {"kafka://a b/t", "no host"},
      {"kafka://" + std::string(5000, 'b') + "/t", "longer than 4096"},
  };
  for (const auto& [text, reason] : wrong) {
    const auto address = ParseAddress("--output", text);
    ASSERT_FALSE(address) << text;
    EXPECT_NE(address.error().message.find(reason), std::string::npos) << address.error().message;
    EXPECT_NE(address.error().message.find("give kafka://HOST:PORT/TOPIC"), std::string::npos);
  }
  std::string many = "kafka://b";
  for (int i = 0; i < 64; ++i) many += ",b";
  EXPECT_FALSE(ParseAddress("--output", many + "/t"));
}

TEST(KafkaAddress, APasswordIsNotRepeated) {
  const auto address = ParseAddress("--output", "kafka://user:secret@broker/topic");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().message.find("secret"), std::string::npos) << address.error().message;
}

TEST(KafkaAddress, BrokersAndTopicApart) {
  const AddressOptions options{"--brokers", "--topic"};
  const auto address = ParseAddress(options, "one,two:1234,[::1]", "packets");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->Text(), "kafka://one:9092,two:1234,[::1]:9092/packets");
  struct Case {
    std::string brokers;
    std::string topic;
    std::string reason;
  };
  for (const Case& wrong :
       {Case{"", "t", "--brokers : the broker '' has no host; give HOST:PORT"},
        Case{"kafka://b", "t", "give HOST:PORT"}, Case{"b/u", "t", "give HOST:PORT"},
        Case{"b:0", "t", "no port"}, Case{"user:secret@b", "t", "credentials"},
        Case{std::string(5000, 'b'), "t", "longer than 4096"},
        Case{"b", "", "--topic: the topic is missing"}, Case{"b", "a/b", "letters, digits"}}) {
    const auto refused = ParseAddress(options, wrong.brokers, wrong.topic);
    ASSERT_FALSE(refused) << wrong.brokers;
    EXPECT_NE(refused.error().message.find(wrong.reason), std::string::npos)
        << refused.error().message;
    EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  }
}

TEST(KafkaAddress, APathIsNone) {
  EXPECT_TRUE(IsAddress("kafka://broker/topic"));
  EXPECT_FALSE(IsAddress("kafka"));
  EXPECT_FALSE(IsAddress("/tmp/kafka://x"));
  EXPECT_FALSE(IsAddress(""));
}

}  // namespace
}  // namespace espcap::kafka
