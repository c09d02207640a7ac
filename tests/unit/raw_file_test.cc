// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/raw_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "live/raw_names.h"
#include "live/raw_recorder.h"
#include "live/recording_files.h"
#include "source/file_source.h"
#include "temporary_directory.h"
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

TEST(RawFileName, IsKnownAgainAtAnyTime) {
  const RawOptions one{"dir.d/raw.pcapng"};
  const RawOptions several{"dir.d/raw.pcapng", 1000};
  struct Case {
    const RawOptions& options;
    const char* interface;
    const char* name;
    std::optional<uint32_t> number;
  };
  const Case cases[] = {
      {one, "", "raw.pcapng", 1},
      {several, "", "raw.pcapng", {}},
      {one, "", "raw_00002_20231114221320.pcapng", 2},
      {several, "", "raw_00007_20231114221320.pcapng", 7},
      {several, "", "raw_123456_20231114221320.pcapng", 123'456},
      {several, "eth0", "raw-eth0_00007_20231114221320.pcapng", 7},
      {several, "eth0", "raw-eth1_00007_20231114221320.pcapng", {}},
      {several, "", "raw-eth0_00007_20231114221320.pcapng", {}},
      {several, "", "raw_00007_2023111422132x.pcapng", {}},
      {several, "", "raw_0000x_20231114221320.pcapng", {}},
      {several, "", "raw_00007-20231114221320.pcapng", {}},
      {several, "", "raw_00007_20231114221320.pcap", {}},
      {several, "", "raw_99999999999_20231114221320.pcapng", {}},
      {several, "", "", {}},
      {several, "", "raw", {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(NumberOfRawFile(c.options, c.interface, c.name), c.number) << c.name;
  }
}

class RecordingFilesTest : public ::testing::Test {
 protected:
  // Of one interface; the names of the files there are afterwards, without their times.
  std::vector<std::string> OpenNext(RecordingFiles& files) {
    EXPECT_TRUE(files.OpenNext("eth0", 0));
    return Names();
  }
  [[nodiscard]] std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.Path())) {
      std::string name = entry.path().filename().string();
      if (const size_t time = name.rfind('_'); time != std::string::npos) name.resize(time);
      names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  [[nodiscard]] Options OptionsOf(uint64_t file_bytes, uint32_t files) const {
    Options options;
    options.interfaces = {"eth0"};
    options.raw = {directory_.Path("raw.pcapng"), file_bytes, milliseconds(0), files};
    return options;
  }

  const espcap::testing::TemporaryDirectory directory_;
};

using Files = std::vector<std::string>;

TEST_F(RecordingFilesTest, NeverWriteAFileOfAnEarlierRun) {
  directory_.Write("raw.pcapng", "evidence");
  RecordingFiles files(OptionsOf(0, 0));
  EXPECT_EQ(OpenNext(files), (Files{"raw.pcapng", "raw_00002"}));
  RecordingFiles later(OptionsOf(0, 0));
  EXPECT_EQ(OpenNext(later), (Files{"raw.pcapng", "raw_00002", "raw_00003"}));
  EXPECT_EQ(espcap::testing::ReadWhole(directory_.Path("raw.pcapng")), "evidence");
}

TEST_F(RecordingFilesTest, CountThoseOfEarlierRuns) {
  directory_.Write("raw_00004_20231114221320.pcapng", "");
  directory_.Write("raw_00003_20231114221320.pcapng", "");
  directory_.Write("other_00001_20231114221320.pcapng", "");
  RecordingFiles files(OptionsOf(1000, 2));
  EXPECT_EQ(OpenNext(files), (Files{"other_00001", "raw_00004", "raw_00005"}));
  EXPECT_EQ(OpenNext(files), (Files{"other_00001", "raw_00005", "raw_00006"}));
}

TEST_F(RecordingFilesTest, ADeviceIsWrittenAsItIs) {
  Options options = OptionsOf(0, 0);
  options.raw.path = "/dev/null";
  RecordingFiles files(options);
  EXPECT_EQ(OpenNext(files), Files());
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

  process::Recording Next() {
    files_.push_back(folder_ + "/" + std::to_string(files_.size()));
    return {base::FileDescriptor(::open(files_.back().c_str(), O_CREAT | O_WRONLY, 0600)),
            files_.back()};
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

// Its place is enough to read that packet, as soon as the recorder is flushed.
TEST_F(RawRecorderTest, SaysWhereAPacketIs) {
  RawRecorder recorder = Recorder({"raw", 1000});
  size_t in_file = 0;
  std::string last;
  for (uint8_t packet = 0; packet < 20; ++packet) {
    bytes_[0] = packet;
    const RecordedPlace place = recorder.Add(header_, bytes_);
    recorder.Flush();
    in_file = place.path == last ? in_file + 1 : 1;
    last = place.path;
    EXPECT_EQ(place.number, in_file);
    auto source = source::FileSource::Open(last, source::FileSource::Access::kRandom);
    ASSERT_TRUE(source);
    ASSERT_TRUE((*source)->Next().value_or(false)) << "the interface is known then";
    ASSERT_TRUE((*source)->ReadAt(static_cast<int64_t>(place.offset), 1));
    EXPECT_EQ((*source)->record().data()[0], packet);
  }
  EXPECT_EQ(last, files_.back());
}

TEST_F(RawRecorderTest, GoesOnWithoutAFile) {
  RawRecorder recorder(
      {"raw"}, {"eth0", "", WTAP_ENCAP_ETHERNET, 100, true}, [] { return process::Recording(); },
      [](const std::string& message) { FAIL() << message; });
  recorder.Add(header_, bytes_);
  recorder.CheckFile();
}

TEST_F(RawRecorderTest, SaysOnceThatADiskIsFull) {
  int failures = 0;
  RawRecorder recorder(
      {"raw"}, {"eth0", "", WTAP_ENCAP_ETHERNET, 100, true},
      [] {
        return process::Recording{base::FileDescriptor(::open("/dev/full", O_WRONLY)), "full"};
      },
      [&failures](const std::string&) { ++failures; });
  for (int packet = 0; packet < 3; ++packet) {
    recorder.Add(header_, bytes_);
    recorder.CheckFile();
  }
  EXPECT_EQ(failures, 1);
}

}  // namespace
}  // namespace espcap::live
