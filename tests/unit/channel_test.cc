// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "base/event_fd.h"

namespace espcap::process {
namespace {

size_t OpenDescriptors() {
  const std::filesystem::directory_iterator entries("/proc/self/fd");
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

TEST(Channel, AMessageAndADescriptorArriveTogether) {
  auto ends = Channel::Pair().value();
  const base::FileDescriptor sent(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(ends.first.Send(42, sent.get()));
  base::FileDescriptor received;
  EXPECT_EQ(ends.second.Receive<int>(&received), 42);
  EXPECT_TRUE(received.valid());
  EXPECT_NE(received.get(), sent.get());
  ends.first.Close();
  EXPECT_EQ(ends.second.Receive<int>(), std::nullopt);
}

TEST(Channel, WhatAPeerSentBeforeItHungUpArrives) {
  auto ends = Channel::Pair().value();
  ASSERT_TRUE(ends.first.Send(1));
  ASSERT_TRUE(ends.first.Send(2));
  ASSERT_TRUE(ends.second.Send(3));  // which it never reads
  ends.first.Close();
  EXPECT_EQ(ends.second.Receive<int>(), 1);
  EXPECT_EQ(ends.second.Receive<int>(), 2);
  EXPECT_EQ(ends.second.Receive<int>(), std::nullopt);
}

TEST(Channel, AWaitForAMessageEndsWhenAnotherDescriptorIsReadable) {
  auto ends = Channel::Pair().value();
  const auto stop = base::MakeEventFd();
  ASSERT_TRUE(ends.first.Send(1));
  EXPECT_TRUE(ends.second.AwaitsReceiptUnless(stop.get()));
  EXPECT_EQ(ends.second.Receive<int>(), 1);
  base::SignalEventFd(stop.get());
  EXPECT_FALSE(ends.second.AwaitsReceiptUnless(stop.get()));
  base::ClearEventFd(stop.get());
  ends.first.Close();
  EXPECT_TRUE(ends.second.AwaitsReceiptUnless(stop.get()));
}

// As a peer that doesn't keep to it.
TEST(Channel, DescriptorsThatNobodyAskedForAreClosed) {
  const auto ends = Channel::Pair().value();
  const base::FileDescriptor sent(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const std::array<int, 2> two = {sent.get(), sent.get()};
  const size_t before = OpenDescriptors();
  for (const bool is_wanted : {true, false}) {
    int number = 1;
    iovec body = {&number, sizeof(number)};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(two))> control{};
    msghdr header{};
    header.msg_iov = &body;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(two));
    std::memcpy(CMSG_DATA(rights), two.data(), sizeof(two));
    ASSERT_EQ(::sendmsg(ends.first.fd(), &header, 0), static_cast<ssize_t>(sizeof(number)));
    base::FileDescriptor received;
    EXPECT_EQ(ends.second.Receive<int>(is_wanted ? &received : nullptr), 1);
    EXPECT_EQ(OpenDescriptors(), before + (is_wanted ? 1 : 0));
  }
}

}  // namespace
}  // namespace espcap::process
