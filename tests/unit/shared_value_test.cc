// SPDX-License-Identifier: GPL-2.0-or-later
#include "process/shared_value.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>

namespace espcap::process {
namespace {

struct Numbers {
  std::array<uint32_t, 101> all{};
};

TEST(SharedValue, IsZerosAtFirst) {
  const auto value = std::make_unique<SharedValue<Numbers>>();
  EXPECT_EQ(value->Load()->all.back(), 0U);
}

TEST(SharedValue, IsReadWhole) {
  constexpr uint32_t kStores = 200'000;
  const auto value = std::make_unique<SharedValue<Numbers>>();
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    Numbers numbers;
    for (uint32_t store = 1; store <= kStores; ++store) {
      numbers.all.fill(store);
      value->Store(numbers);
    }
    is_over = true;
  });
  while (!is_over) {
    const auto read = value->Load();
    if (!read) continue;
    ASSERT_TRUE(std::all_of(read->all.begin(), read->all.end(),
                            [&](uint32_t number) { return number == read->all.front(); }));
  }
  writer.join();
  EXPECT_EQ(value->Load()->all.front(), kStores);
}

// A writer that dies at it leaves an odd number of changes.
TEST(SharedValue, IsNoneWhereItsWriterDiedAtIt) {
  SharedValue<uint64_t> value{};
  value.Store(5);
  reinterpret_cast<std::atomic<uint64_t>&>(value).fetch_add(1);
  EXPECT_FALSE(value.Load().has_value());
}

}  // namespace
}  // namespace espcap::process
