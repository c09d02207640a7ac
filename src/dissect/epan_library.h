// SPDX-License-Identifier: GPL-2.0-or-later
//
// libwireshark, initialised once in a process and cleaned up at its end. Everything else in this
// folder needs one alive. Not thread-safe: one thread dissects.
#ifndef ESPCAP_DISSECT_EPAN_LIBRARY_H_
#define ESPCAP_DISSECT_EPAN_LIBRARY_H_

#include <functional>
#include <memory>
#include <string>

#include "dissect/options.h"
#include "espcap/result.h"

namespace espcap::dissect {

class EpanLibrary {
 public:
  // Called with what libwireshark wants the user to know: a key file that can't be read, a bad line
  // in a configuration file.
  using Report = std::function<void(const std::string& message)>;

  // REQUIRES: no other EpanLibrary was started in this process.
  static Result<std::unique_ptr<EpanLibrary>> Start(const char* program_path,
                                                    const Options& options, Report report);

  EpanLibrary(const EpanLibrary&) = delete;
  EpanLibrary& operator=(const EpanLibrary&) = delete;
  ~EpanLibrary();

  // "4.0.17"; works without a started library.
  static std::string Version();

 private:
  EpanLibrary() = default;
  static Result<void> Configure(const Options& options);
};

}  // namespace espcap::dissect

#endif  // ESPCAP_DISSECT_EPAN_LIBRARY_H_
