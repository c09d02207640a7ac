// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissect/epan_library.h"

#include <epan/prefs.h>
#include <epan/timestamp.h>
#include <wsutil/codecs.h>

#include <array>
#include <cstdio>
#include <utility>

#include "dissect/preferences.h"
#include "source/wireshark_api.h"
#include "source/wiretap_error.h"

namespace espcap::dissect {
namespace {

// libwireshark reports through plain function pointers, so the receiver is the process's.
EpanLibrary::Report& Receiver() {
  static EpanLibrary::Report receiver;
  return receiver;
}

void WriteLine(const std::string& message) {
  if (Receiver()) Receiver()(message);
}

void ReportFormatted(const char* format, va_list arguments) {
  std::array<char, 2048> text{};
  static_cast<void>(std::vsnprintf(text.data(), text.size(), format, arguments));
  WriteLine(text.data());
}

void ReportOpen(const char* file, int error) {
  WriteLine(fmt::format("open {}: {}", file, source::DescribeWiretapError(error, nullptr)));
}
void ReportRead(const char* file, int error) {
  WriteLine(fmt::format("read {}: {}", file, source::DescribeWiretapError(error, nullptr)));
}
void ReportWrite(const char* file, int error) {
  WriteLine(fmt::format("write {}: {}", file, source::DescribeWiretapError(error, nullptr)));
}
void ReportCaptureOpen(const char* file, int error, char* info) {
  WriteLine(fmt::format("open {}: {}", file, source::DescribeWiretapError(error, info)));
}
void ReportCaptureRead(const char* file, int error, char* info) {
  WriteLine(fmt::format("read {}: {}", file, source::DescribeWiretapError(error, info)));
}

// The address of this structure stays with libwsutil.
const report_message_routines kReportRoutines =
    wireshark::ReportRoutines<ReportFormatted, ReportOpen, ReportRead, ReportWrite,
                              ReportCaptureOpen, ReportCaptureRead>();

}  // namespace

Result<std::unique_ptr<EpanLibrary>> EpanLibrary::Start(const char* program_path,
                                                        const Options& options, Report report) {
  Receiver() = std::move(report);
  // The order is libwireshark's: log, privileges, paths, messages, wiretap, and only then epan
  // (file-type specific dissectors register by wiretap's file types).
  wireshark::InitLog<ReportFormatted>("espcap", ReportFormatted);
  init_process_policies();
  if (const auto message = wireshark::InitConfiguration(program_path); message != nullptr) {
    return Fail("start libwireshark: find the program's folder: {}", message.get());
  }
  init_report_message("espcap", &kReportRoutines);
  timestamp_set_type(TS_RELATIVE);
  timestamp_set_precision(TS_PREC_AUTO);
  timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
  wtap_init(TRUE);
  if (epan_init(nullptr, nullptr, TRUE) == FALSE) return Fail("start libwireshark: refused");
  codecs_init();

  std::unique_ptr<EpanLibrary> library(new EpanLibrary());
  if (auto configured = Configure(options); !configured) {
    return Forward(std::move(configured));
  }
  return library;
}

Result<void> EpanLibrary::Configure(const Options& options) {
  epan_load_settings();
  for (const std::string& text : SetForeignPreferences(options.foreign_preferences)) {
    WriteLine(text);
  }
  if (auto set = SetPreferences(options); !set) return set;
  prefs_apply_all();
  if (auto set = SetProtocols(options); !set) return set;
  // One pass can't go back to a packet when a name arrives: look-ups wait (only -N n asks for any).
  set_resolution_synchrony(TRUE);
  return {};
}

EpanLibrary::~EpanLibrary() {
  epan_cleanup();
  codecs_cleanup();
  wtap_cleanup();
  free_progdirs();
  Receiver() = nullptr;
}

std::string EpanLibrary::Version() {
  int major = 0;
  int minor = 0;
  int micro = 0;
  epan_get_version_number(&major, &minor, &micro);
  return fmt::format("{}.{}.{}", major, minor, micro);
}

}  // namespace espcap::dissect
