// SPDX-License-Identifier: GPL-2.0-or-later
//
// Seeds of random tests: what failed can be repeated, and other values can be tried.
#ifndef ESPCAP_TESTS_SUPPORT_RANDOM_SEED_H_
#define ESPCAP_TESTS_SUPPORT_RANDOM_SEED_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace espcap::testing {

// That of ESPCAP_TEST_SEED, else `usual`, the same in every run. The test's output shows it.
inline uint32_t RandomSeed(uint32_t usual) {
  const char* const given = std::getenv("ESPCAP_TEST_SEED");
  const auto seed =
      given == nullptr ? usual : static_cast<uint32_t>(std::strtoul(given, nullptr, 10));
  std::printf("ESPCAP_TEST_SEED=%u\n", seed);
  ::testing::Test::RecordProperty("ESPCAP_TEST_SEED", std::to_string(seed));
  return seed;
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_SUPPORT_RANDOM_SEED_H_
