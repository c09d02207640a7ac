// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace espcap::base {
namespace {

const std::vector<std::string> kNames = {"file", "filter", "format", "node", "o"};

TEST(NearestName, FindsWhatAFewEditsReach) {
  struct Case {
    const char* name;
    const char* nearest;
  };
  const Case cases[] = {
      {"file", "file"},        // itself
      {"fle", "file"},         // a letter left out
      {"nodes", "node"},       // a letter too many
      {"nade", "node"},        // another letter
      {"fromat", "format"},    // two neighbours have changed places: one edit
      {"ndoe", "node"},        // the most that four letters bear
      {"ofrmat", "format"},    // at the beginning
      {"formta", "format"},    // at the end
      {"fi", ""},              // two edits are more than two letters bear
      {"filtration", ""},      // five edits
      {"quiet", ""},           // near nothing
      {"FILE", ""},            // case matters: names are lower case
      {"x", "o"},              // one edit is always allowed
      {"", "o"},               //
      {"chunk-bytes-and", ""}  // longer than any
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(NearestName(c.name, kNames), c.nearest);
  }
}

TEST(NearestName, PrefersTheFewestEditsThenTheFirst) {
  EXPECT_EQ(NearestName("table", {"tabular", "cable", "table"}), "table");
  EXPECT_EQ(NearestName("table", {"fable", "cable"}), "fable");
}

TEST(NearestName, NeighboursThatChangedPlacesAreOneEdit) {
  EXPECT_EQ(NearestName("ip.scr", {"cip.sc", "ip.src"}), "ip.src");
  EXPECT_EQ(NearestName("tcp.prot", {"tcp.prod", "tcp.port"}), "tcp.prod");  // the first of two
  EXPECT_EQ(NearestName("abdc", {"acdb"}), "");                              // not over a distance
}

TEST(NearestName, OfNothingIsNothing) { EXPECT_EQ(NearestName("file", {}), ""); }

}  // namespace
}  // namespace espcap::base
