// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/reply.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "base/write_all.h"

namespace espcap::process {
namespace {

// What its reader makes of what a process has written before it ended.
std::string Read(const std::string& bytes) {
  auto [reader, pipe] = ReplyReader::Open().value();
  EXPECT_FALSE(reader.Collect());
  EXPECT_EQ(base::WriteAll(pipe.get(), bytes), 0);
  EXPECT_FALSE(reader.Collect());
  pipe = {};
  const auto reply = reader.Collect();
  if (!reply) return "none";
  return *reply ? "text " + **reply : "error " + reply->error().message;
}

std::string Written(const Result<std::string>& reply) {
  auto [reader, pipe] = ReplyReader::Open().value();
  WriteReply(pipe.get(), reply);
  pipe = {};
  const auto read = reader.Collect();
  if (!read) return "none";
  return *read ? "text " + **read : "error " + read->error().message;
}

TEST(Reply, IsATextOrAnError) {
  EXPECT_EQ(Written(std::string("a\0b", 3)), "text " + std::string("a\0b", 3));
  EXPECT_EQ(Written(std::string()), "text ");
  EXPECT_EQ(Written(Fail("no: {}", 7)), "error no: 7");
}

TEST(Reply, IsNoneWhereItsProcessEndedBefore) {
  for (const char* bytes : {"", "a", "a list, cut o"}) {
    EXPECT_EQ(Read(bytes), "error a process ended before it had said all") << bytes;
  }
}

// A run whose zygote has ended still has what it said.
TEST(Reply, IsThereWhereItsProcessIsGone) {
  auto [reader, pipe] = ReplyReader::Open().value();
  const std::string text(500'000, 'x');
  WriteReply(pipe.get(), text);  // nobody reads meanwhile
  pipe = {};
  EXPECT_EQ(reader.Collect().value().value(), text);
}

TEST(Reply, HasABound) {
  auto [reader, pipe] = ReplyReader::Open().value();
  const std::string piece(1U << 15U, 'x');
  for (size_t bytes = 0; bytes <= ReplyReader::kMaxBytes - piece.size(); bytes += piece.size()) {
    ASSERT_EQ(base::WriteAll(pipe.get(), piece), 0);
    ASSERT_FALSE(reader.Collect()) << bytes;
  }
  ASSERT_EQ(base::WriteAll(pipe.get(), "x"), 0);
  const auto reply = reader.Collect();
  ASSERT_TRUE(reply && !*reply);
  EXPECT_EQ(reply->error().message, "a process says more than it may");
}

}  // namespace
}  // namespace espcap::process
