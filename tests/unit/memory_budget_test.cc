// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/memory_budget.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace espcap::process {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20U;

TEST(MemoryBudget, IsNearlySpentBeforeItsLimit) {
  constexpr MemoryUse kStart{100 * kMiB, 50 * kMiB, 200 * kMiB};
  const struct {
    uint64_t anonymous;
    uint64_t data;
    uint64_t limit;
    bool is_spent;
  } cases[] = {
      {50, 200, 400, false}, {349, 200, 400, false}, {350, 200, 400, true},  {50, 549, 400, false},
      {50, 550, 400, true},  {10, 100, 400, false},  {9000, 9000, 0, false},  // no limit
  };
  for (const auto& c : cases) {
    const MemoryUse now{0, c.anonymous * kMiB, c.data * kMiB};
    EXPECT_EQ(IsNearLimit(kStart, now, c.limit * kMiB), c.is_spent) << c.anonymous << " " << c.data;
  }
}

TEST(MemoryBudget, CanOnlyBeTightened) {
  MemoryBudget budget(0);
  const std::unique_ptr<void, decltype(&std::free)> memory(std::malloc(16 * kMiB), &std::free);
  std::memset(memory.get(), 1, 16 * kMiB);
  asm volatile("" : : "r"(memory.get()) : "memory");  // a compiler may leave out what nobody reads
  EXPECT_FALSE(budget.IsNear());
  budget.Tighten(8 * kMiB);
  EXPECT_TRUE(budget.IsNear());
  budget.Tighten(64 * kMiB);
  budget.Tighten(0);
  EXPECT_TRUE(budget.IsNear());
}

// In a process of its own, since it can't be undone.
TEST(MemoryBudget, TheKernelGivesNoMore) {
  const pid_t process = ::fork();
  ASSERT_GE(process, 0);
  if (process == 0) {
    const MemoryBudget budget(64 * kMiB);
    const auto gets = [](uint64_t bytes) {
      void* memory =
          ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      return memory != MAP_FAILED && ::munmap(memory, bytes) == 0;
    };
    ::_exit(gets(32 * kMiB) && !gets(80 * kMiB) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(process, &status, 0), process);
  EXPECT_EQ(status, 0);
}

TEST(MemoryBudget, ASizeIsRead) {
  const ResidentSize size;
  const MemoryUse use = size.Read();
  EXPECT_GT(use.resident, kMiB);
  EXPECT_GT(use.anonymous, uint64_t{0});
  EXPECT_LT(use.anonymous, use.resident);
  EXPECT_GT(use.data, uint64_t{0});
  EXPECT_EQ(ShareOfMemory(4), ShareOfMemory(1) / 4);
  EXPECT_GT(ShareOfMemory(1), 16 * kMiB);
}

}  // namespace
}  // namespace espcap::process
