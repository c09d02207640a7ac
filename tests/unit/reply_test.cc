// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/reply.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

#include "base/write_all.h"

namespace espcap::process {
namespace {

std::string Collected(ReplyReader& reader) {
  const auto reply = reader.Collect();
  if (!reply) return "none";
  return *reply ? "text " + **reply : "error " + reply->error().message;
}

// What a reader makes of it.
std::string Written(const Result<std::string>& reply) {
  auto [reader, socket] = ReplyReader::Open().value();
  WriteReply(socket.get(), reply);
  socket = {};
  return Collected(reader);
}

TEST(Reply, IsATextOrAnError) {
  EXPECT_EQ(Written(std::string("a\0b", 3)), "text " + std::string("a\0b", 3));
  EXPECT_EQ(Written(std::string()), "text ");
  EXPECT_EQ(Written(Fail("no: {}", 7)), "error no: 7");
}

TEST(Reply, ComesAfterAQuestion) {
  auto [reader, socket] = ReplyReader::Open().value();
  reader.Ask();
  EXPECT_TRUE(AwaitQuestion(socket.get()));
  EXPECT_EQ(Collected(reader), "none");
}

TEST(Reply, IsNotWaitedForWhereNobodyAsks) {
  auto ends = ReplyReader::Open().value();
  { const ReplyReader unused = std::move(ends.first); }
  EXPECT_FALSE(AwaitQuestion(ends.second.get()));
}

TEST(Reply, IsNoneWhereNobodyHearsTheQuestion) {
  for (const bool is_sent : {false, true}) {
    auto [reader, socket] = ReplyReader::Open().value();
    if (is_sent) reader.Ask();
    socket = {};
    if (!is_sent) reader.Ask();
    EXPECT_EQ(Collected(reader), "error a process ended before it had said all") << is_sent;
  }
}

TEST(Reply, IsNoneWhereItsProcessEndedBefore) {
  for (const std::string bytes : {"", "a", "a list, cut o"}) {
    auto [reader, socket] = ReplyReader::Open().value();
    EXPECT_EQ(base::WriteAll(socket.get(), bytes), 0);
    EXPECT_EQ(Collected(reader), "none") << bytes;
    socket = {};
    EXPECT_EQ(Collected(reader), "error a process ended before it had said all") << bytes;
  }
}

TEST(Reply, MayBeLongerThanWhatASocketHolds) {
  auto [reader, socket] = ReplyReader::Open().value();
  const std::string text(5'000'000, 'x');
  std::thread writer([&text, socket = std::move(socket)] { WriteReply(socket.get(), text); });
  std::string collected = "none";
  while (collected == "none") collected = Collected(reader);
  writer.join();
  EXPECT_EQ(collected, "text " + text);
}

TEST(Reply, HasABound) {
  auto [reader, socket] = ReplyReader::Open().value();
  const std::string piece(1U << 15U, 'x');
  for (size_t bytes = 0; bytes <= ReplyReader::kMaxBytes - piece.size(); bytes += piece.size()) {
    ASSERT_EQ(base::WriteAll(socket.get(), piece), 0);
    ASSERT_EQ(Collected(reader), "none") << bytes;
  }
  ASSERT_EQ(base::WriteAll(socket.get(), "x"), 0);
  EXPECT_EQ(Collected(reader), "error a process says more than it may");
}

}  // namespace
}  // namespace espcap::process
