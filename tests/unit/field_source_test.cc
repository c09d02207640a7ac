// SPDX-License-Identifier: GPL-2.0-or-later
#include "app/field_source.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace espcap::app {
namespace {

// A NUL for each '|'.
std::string Texts(std::string text) {
  for (char& c : text) {
    if (c == '|') c = '\0';
  }
  return text;
}

TEST(UnpackFields, TakesSixTextsAField) {
  const auto fields = UnpackFields(Texts("tcp|tcp|tcp|0|TCP|0|ip.src|ip_ip_src|ip|6||2|")).value();
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].name, "tcp");
  EXPECT_EQ(fields[0].type, schema::FieldType::kObject);
  EXPECT_EQ(fields[0].description, "TCP");
  EXPECT_EQ(fields[1].key, "ip_ip_src");
  EXPECT_EQ(fields[1].layer, "ip");
  EXPECT_EQ(fields[1].type, schema::FieldType::kIp);
  EXPECT_EQ(fields[1].companion, schema::Companion::kName);
  EXPECT_TRUE(UnpackFields("").value().empty());
}

TEST(UnpackFields, RefusesWhatIsNoList) {
  for (const char* texts : {"tcp", "tcp|", "tcp|tcp|tcp|0|TCP|0", "tcp|tcp|tcp|12|TCP|0|",
                            "tcp|tcp|tcp|-1|TCP|0|", "tcp|tcp|tcp||TCP|0|", "tcp|tcp|tcp|0x|TCP|0|",
                            "tcp|tcp|tcp|0|TCP|3|", "tcp|tcp|tcp|99999999999|TCP|0|"}) {
    const auto fields = UnpackFields(Texts(texts));
    ASSERT_FALSE(fields) << texts;
    EXPECT_EQ(fields.error().message, "read libwireshark's fields: field 1 is incomplete");
  }
}

}  // namespace
}  // namespace espcap::app
