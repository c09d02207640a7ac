// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "live/raw_names.h"
#include "live/raw_recorder.h"
#include "source/file_source.h"
#include "wiretap_once.h"

namespace espcap::live {
namespace {

using std::chrono::milliseconds;

constexpr std::time_t kNoon = 1'700'000'000;

TEST(RawFileName, IsThePathForOneFile) {
  EXPECT_EQ(RawFileName({"dir.d/raw.pcapng"}, "", 1, kNoon), "dir.d/raw.pcapng");
  EXPECT_EQ(RawFileName({"raw"}, "eth0", 1, kNoon), "raw-eth0");
}

TEST(RawFileName, HasNumberAndTimeForSeveral) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  RawOptions options{"dir.d/raw.pcapng", 1000};
  EXPECT_EQ(RawFileName(options, "eth0", 7, kNoon), "dir.d/raw-eth0_00007_20231114221320.pcapng");
  EXPECT_EQ(RawFileName({"raw.pcapng"}, "", 2, kNoon), "raw_00002_20231114221320.pcapng");
}

TEST(RawOptions, AFileIsFullBySizeOrTime) {
  const RawOptions by_size{"raw", 1000};
  EXPECT_FALSE(IsFull(by_size, 999, milliseconds(1'000'000)));
  EXPECT_TRUE(IsFull(by_size, 1000, milliseconds(0)));
  const RawOptions by_time{"raw", 0, milliseconds(500)};
  EXPECT_FALSE(IsFull(by_time, 1'000'000, milliseconds(499)));
  EXPECT_TRUE(IsFull(by_time, 0, milliseconds(500)));
  EXPECT_FALSE(IsFull({"raw"}, UINT64_MAX, milliseconds::max()));
}

class RawRecorderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { espcap::testing::StartWiretapOnce(); }

  RawRecorderTest() {
    std::string pattern = ::testing::TempDir() + "espcap-raw-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    header_.type = REC_TYPE_PACKET;
    header_.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN | WTAP_HAS_INTERFACE_ID;
    header_.time = {12, 345'678'901};
    header_.time_precision = WTAP_TSPREC_NSEC;
    wtap_packet_header& details = header_.details.packet_header;
    details.caplen = 60;
    details.len = 1500;
    details.pkt_encap = WTAP_ENCAP_ETHERNET;
    details.interface_id = 3;
  }
  ~RawRecorderTest() override { std::filesystem::remove_all(folder_); }

  base::FileDescriptor Next() {
    files_.push_back(folder_ + "/" + std::to_string(files_.size()));
    return base::FileDescriptor(::open(files_.back().c_str(), O_CREAT | O_WRONLY, 0600));
  }
  RawRecorder Recorder(const RawOptions& options) {
    return {options,
            {"eth0", "ip", WTAP_ENCAP_ETHERNET, 262144, true},
            [this] { return Next(); },
            [](const std::string& message) { FAIL() << message; }};
  }
  static size_t PacketsIn(const std::string& path) {
    auto source = source::FileSource::Open(path, source::FileSource::Access::kSequential);
    size_t packets = 0;
    while (source && (*source)->Next().value_or(false)) {
      ++packets;
      EXPECT_STREQ((*source)->InterfaceName(0, 0), "eth0");
      EXPECT_EQ((*source)->record().rec()->ts.nsecs, 345'678'901);
      EXPECT_EQ((*source)->record().rec()->rec_header.packet_header.len, 1500U);
    }
    return packets;
  }

  std::string folder_;
  std::vector<std::string> files_;
  wireshark::RecordHeader header_{};
  std::vector<uint8_t> bytes_ = std::vector<uint8_t>(60, 7);
};

TEST_F(RawRecorderTest, WritesWhatWiretapReads) {
  RawRecorder recorder = Recorder({"raw"});
  for (int packet = 0; packet < 5; ++packet) recorder.Add(header_, bytes_);
  recorder.CheckFile();
  ASSERT_EQ(files_.size(), 1U);
  EXPECT_EQ(PacketsIn(files_[0]), 5U);
}

TEST_F(RawRecorderTest, BeginsTheNextFile) {
  {
    RawRecorder recorder = Recorder({"raw", 1000});
    for (int packet = 0; packet < 20; ++packet) recorder.Add(header_, bytes_);
  }
  ASSERT_GT(files_.size(), 1U);
  size_t packets = 0;
  for (const std::string& file : files_) {
    EXPECT_LT(std::filesystem::file_size(file), 1000U + 200U);
    packets += PacketsIn(file);
  }
  EXPECT_EQ(packets, 20U);
}

TEST_F(RawRecorderTest, GoesOnWithoutAFile) {
  RawRecorder recorder(
      {"raw"}, {"eth0", "", WTAP_ENCAP_ETHERNET, 100, true}, [] { return base::FileDescriptor(); },
      [](const std::string& message) { FAIL() << message; });
  recorder.Add(header_, bytes_);
  recorder.CheckFile();
}

TEST_F(RawRecorderTest, SaysOnceThatADiskIsFull) {
  int failures = 0;
  RawRecorder recorder(
      {"raw"}, {"eth0", "", WTAP_ENCAP_ETHERNET, 100, true},
      [] { return base::FileDescriptor(::open("/dev/full", O_WRONLY)); },
      [&failures](const std::string&) { ++failures; });
  for (int packet = 0; packet < 3; ++packet) {
    recorder.Add(header_, bytes_);
    recorder.CheckFile();
  }
  EXPECT_EQ(failures, 1);
}

}  // namespace
}  // namespace espcap::live
