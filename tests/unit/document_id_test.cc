// SPDX-License-Identifier: GPL-2.0-or-later
#include "document/document_id.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace espcap::document {
namespace {

TEST(DocumentId, IsBase64UrlOfTheFingerprintAndTheRecordsNumber) {
  struct Case {
    Fingerprint fingerprint;
    uint32_t record;
    const char* id;
  };
  const Case cases[] = {
      {{}, 1, "AAAAAAAAAAAAAAAAAAAAAA-1"},
      {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 42, "AAECAwQFBgcICQoLDA0ODw-42"},
      {{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE,
        0xFF},
       4294967295,
       "ABEiM0RVZneImaq7zN3u_w-4294967295"},
      {{0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE, 0xFB, 0xEF, 0xBE,
        0xFB},
       0,
       "---------------------w-0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(DocumentId(c.fingerprint, c.record), c.id);
    EXPECT_EQ(FingerprintOf(c.id), c.fingerprint);
    EXPECT_EQ(FingerprintOf(DocumentId(c.fingerprint, c.record, true)), c.fingerprint);
  }
}

TEST(FingerprintOf, IsNoneOfOtherIds) {
  for (const char* id :
       {"", "-1", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA-", "AAAAAAAAAAAAAAAAAAAAA-1",
        "AAAAAAAAAAAAAAAAAAAAAAA-1", "AAAAAAAAAAAAAAAAAAAAA+-1", "AAAAAAAAAAAAAAAAAAAAAB-1",
        "Zx9pAZMBq0c5nYw3k2Td", "AAAAAAAAAAAAAAAAAAAAAA_1"}) {
    EXPECT_EQ(FingerprintOf(id), std::nullopt) << id;
  }
}

TEST(DocumentId, TellsFingerprintsApartThatDifferInOneBit) {
  const std::string id = DocumentId({}, 1);
  for (size_t byte = 0; byte < Fingerprint().size(); ++byte) {
    for (const unsigned bit : {0U, 7U}) {
      Fingerprint other{};
      other.at(byte) = static_cast<uint8_t>(1U << bit);
      const std::string other_id = DocumentId(other, 1);
      EXPECT_NE(other_id, id);
      EXPECT_EQ(other_id.size(), id.size());
    }
  }
}

}  // namespace
}  // namespace espcap::document
