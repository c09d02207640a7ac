// SPDX-License-Identifier: GPL-2.0-or-later
//
// Batches for a spool, and what comes back from it.
#ifndef ESPCAP_TESTS_UNIT_SPOOL_BATCHES_H_
#define ESPCAP_TESTS_UNIT_SPOOL_BATCHES_H_

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/compressor.h"
#include "espcap/batch.h"
#include "spool/spool.h"
#include "temporary_directory.h"

namespace espcap::testing {

inline std::string DocumentText(uint32_t frame_number) {
  const std::string number = std::to_string(frame_number);
  return R"({"create":{"_index":"packets","_id":"id)" + number + "\"}}\n" +
         R"({"timestamp":"1439587238915","layers":{"frame":{"frame_frame_number":")" + number +
         "\"}}}\n";
}

// A batch and its memory.
struct MadeBatch {
  std::string text;
  std::vector<DocumentSpan> documents;
  std::shared_ptr<const std::string> source = std::make_shared<const std::string>("a.pcap");
  Compression compression = Compression::kNone;
  std::string compressed;

  [[nodiscard]] Batch Get() const { return {text, documents, source, 7, compression, compressed}; }
};

// Of the frames from `first` to `last`.
inline MadeBatch MakeBatch(uint32_t first, uint32_t last,
                           Compression compression = Compression::kNone) {
  MadeBatch batch;
  for (uint32_t frame_number = first; frame_number <= last; ++frame_number) {
    const std::string document = DocumentText(frame_number);
    batch.documents.push_back({batch.text.size(), document.size(), frame_number});
    batch.text += document;
  }
  if (compression != Compression::kNone) {
    std::string out(batch.text.size() + 1000, '\0');
    out.resize(base::Compressor::Make(compression)->Compress(batch.text, out).value());
    batch.compression = compression;
    batch.compressed = out;
  }
  return batch;
}

template <class T>
T Checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class SpoolDirectory {
 public:
  using Messages = std::vector<std::string>;

  [[nodiscard]] std::unique_ptr<spool::Spool> Open(spool::Contents contents) const {
    spool::Options options = OptionsOf(uint64_t{1} << 30U, uint64_t{1} << 20U);
    options.contents = contents;
    return Checked(spool::Spool::Open(std::move(options), Reporter()));
  }
  [[nodiscard]] std::unique_ptr<spool::Spool> Open(uint64_t max_bytes = uint64_t{1} << 30U,
                                                   uint64_t segment_bytes = uint64_t{1}
                                                                            << 20U) const {
    return Checked(spool::Spool::Open(OptionsOf(max_bytes, segment_bytes), Reporter()));
  }
  [[nodiscard]] std::string ErrorOfOpen() const {
    const auto spool = spool::Spool::Open(OptionsOf(1 << 20, 1 << 20), Reporter());
    return spool ? "opened" : spool.error().message;
  }

  // In the order they were written.
  [[nodiscard]] std::vector<std::string> Segments() const { return Files(path_, ".spool"); }
  [[nodiscard]] std::vector<std::string> Kept() const {
    return Files(directory_.Path("spool/damaged"), "");
  }

  [[nodiscard]] const TemporaryDirectory& parent() const { return directory_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  // What was said: warnings, and of what is lost.
  [[nodiscard]] Messages& warnings() const { return *warnings_; }
  [[nodiscard]] Messages& errors() const { return *errors_; }
  [[nodiscard]] Messages messages() const {
    Messages all = *warnings_;
    all.insert(all.end(), errors_->begin(), errors_->end());
    return all;
  }

 private:
  [[nodiscard]] spool::Options OptionsOf(uint64_t max_bytes, uint64_t segment_bytes) const {
    return {path_, max_bytes, segment_bytes};
  }
  [[nodiscard]] spool::Reports Reporter() const {
    return {[warnings = warnings_](const std::string& message) { warnings->push_back(message); },
            [errors = errors_](const std::string& message) { errors->push_back(message); }};
  }
  static std::vector<std::string> Files(const std::string& folder, std::string_view end) {
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
      if (entry.path().native().ends_with(end)) files.push_back(entry.path().native());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  TemporaryDirectory directory_ = TemporaryDirectory(QuickParent());
  std::string path_ = directory_.Path("spool");
  std::shared_ptr<Messages> warnings_ = std::make_shared<Messages>();
  std::shared_ptr<Messages> errors_ = std::make_shared<Messages>();
};

// The frame numbers of all batches that come, each document checked; every batch is settled.
inline std::vector<uint32_t> DrainFrames(spool::Spool& spool) {
  std::vector<uint32_t> frames;
  while (const auto taken = Checked(spool.Next())) {
    const Batch batch = taken->AsBatch();
    for (const DocumentSpan& document : batch.documents) {
      if (batch.Text(document) != DocumentText(document.frame_number)) {
        throw std::runtime_error("another document: " + std::string(batch.Text(document)));
      }
      frames.push_back(document.frame_number);
    }
    spool.Settle(taken->ticket);
  }
  return frames;
}

inline std::vector<uint32_t> FramesFrom(uint32_t first, uint32_t last) {
  std::vector<uint32_t> frames;
  for (uint32_t frame_number = first; frame_number <= last; ++frame_number) {
    frames.push_back(frame_number);
  }
  return frames;
}

}  // namespace espcap::testing

#endif  // ESPCAP_TESTS_UNIT_SPOOL_BATCHES_H_
