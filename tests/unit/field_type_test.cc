// SPDX-License-Identifier: GPL-2.0-or-later
#include "schema/field_type.h"

#include <gtest/gtest.h>

namespace espcap::schema {
namespace {

using enum FieldType;

TEST(FieldType, WidensToWhatBothFit) {
  struct Case {
    FieldType a;
    FieldType b;
    FieldType both;
  };
  const Case cases[] = {
      {kLong, kLong, kLong},           {kLong, kUnsigned, kUnsigned},
      {kLong, kDouble, kUnsigned},  // which has the digits as well
      {kUnsigned, kDouble, kUnsigned}, {kLong, kKeyword, kKeyword},
      {kLong, kBoolean, kKeyword},     {kLong, kIp, kKeyword},
      {kIp, kBytes, kKeyword},         {kBytes, kBytes, kBytes},
      {kBytes, kKeyword, kKeyword},    {kPresence, kBoolean, kKeyword},
      {kDate, kDateNanos, kDate},      {kDate, kKeyword, kKeyword},
      {kObject, kObject, kObject},     {kObject, kLong, kMixed},
      {kObject, kPresence, kMixed},    {kMixed, kLong, kMixed},
      {kMixed, kObject, kMixed},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << static_cast<int>(c.a) << ' ' << static_cast<int>(c.b));
    EXPECT_EQ(Widest(c.a, c.b), c.both);
    EXPECT_EQ(Widest(c.b, c.a), c.both);
  }
}

TEST(FieldType, HasANameThatEveryServerKnows) {
  EXPECT_EQ(ServerTypeName(kPresence), "boolean");
  EXPECT_EQ(ServerTypeName(kUnsigned), "double");
  EXPECT_EQ(ServerTypeName(kBytes), "keyword");
  EXPECT_EQ(ServerTypeName(kDateNanos), "date_nanos");
  EXPECT_EQ(ServerTypeName(kObject), "object");
}

}  // namespace
}  // namespace espcap::schema
