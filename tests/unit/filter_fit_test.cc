// SPDX-License-Identifier: GPL-2.0-or-later
#include "supervise/filter_fit.h"

#include <gtest/gtest.h>

namespace espcap::supervise {
namespace {

TEST(FilterFit, AnExpressionThatFitsNothingIsAnErrorThatNamesWhatWasThere) {
  FilterFit fit;
  EXPECT_TRUE(fit.Verdict("type mgt").has_value()) << "nothing was there";
  EXPECT_TRUE(fit.NoteMisfit("EN10MB (802.11 only)"));
  EXPECT_TRUE(fit.NoteMisfit("NULL (802.11 only)"));
  EXPECT_FALSE(fit.NoteMisfit("NULL (802.11 only)")) << "it is told once";
  const auto verdict = fit.Verdict("type mgt");
  ASSERT_FALSE(verdict.has_value());
  EXPECT_EQ(
      verdict.error().message,
      "--bpf 'type mgt': it fits none of the link types that are there: EN10MB (802.11 only), "
      "NULL (802.11 only); pcap-filter(7) has the language");
  fit.NoteFit();
  EXPECT_TRUE(fit.Verdict("type mgt").has_value()) << "one is enough";
}

TEST(FilterFit, IsBoundedWhateverWorkersSay) {
  FilterFit fit;
  for (int number = 0; number < 1000; ++number) fit.NoteMisfit(std::to_string(number));
  EXPECT_FALSE(fit.NoteMisfit("one more"));
}

}  // namespace
}  // namespace espcap::supervise
