// SPDX-License-Identifier: GPL-2.0-or-later
#include "sink/spooled_check.h"

#include <gtest/gtest.h>

#include <string>

#include "document/section_origin.h"
#include "spool_batches.h"

namespace espcap::sink {
namespace {

using spool::Contents;

spool::SpooledBatch Documents() {
  const auto made = espcap::testing::MakeBatch(1, 3);
  spool::SpooledBatch spooled;
  spooled.text = made.text;
  spooled.documents = made.documents;
  return spooled;
}

spool::SpooledBatch Sections(const std::string& capture = "AAECAwQFBgcICQoLDA0ODw") {
  ByteBuffer text;
  spool::SpooledBatch spooled;
  spooled.contents = Contents::kSections;
  for (int section = 0; section < 2; ++section) {
    const size_t begin = text.size();
    document::AppendOrigin(text, {"edge", capture, "/a", "\x01\x02", 2, 5, 6});
    text.Append("blocks");
    spooled.documents.push_back({begin, text.size() - begin, 1, 7, 2});
  }
  spooled.text = text.view();
  return spooled;
}

TEST(SpooledCheck, TakesWhatEspcapWrites) {
  EXPECT_EQ(FaultOf(Documents(), Contents::kDocuments), "");
  EXPECT_EQ(FaultOf(Sections(), Contents::kSections), "");
}

TEST(SpooledCheck, NamesTheRunThatSendsTheOthers) {
  EXPECT_NE(FaultOf(Documents(), Contents::kSections).find("--node"), std::string::npos);
  EXPECT_NE(FaultOf(Sections(), Contents::kDocuments).find("--forward"), std::string::npos);
}

TEST(SpooledCheck, OneThatIsWrongIsEnough) {
  spool::SpooledBatch documents = Documents();
  documents.text.back() = ' ';
  EXPECT_EQ(FaultOf(documents, Contents::kDocuments),
            "what is no document of espcap's is in a batch");
  spool::SpooledBatch sections = Sections();
  sections.documents.back().packets = 3;
  EXPECT_EQ(FaultOf(sections, Contents::kSections), "what is no section of espcap's is in a batch");
  EXPECT_NE(FaultOf(Sections("somebody else's"), Contents::kSections), "");
}

}  // namespace
}  // namespace espcap::sink
