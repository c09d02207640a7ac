// SPDX-License-Identifier: GPL-2.0-or-later
//
// The file of a job, opened; one that was unpacked comes from the supervisor.
#ifndef ESPCAP_WORKER_FILE_INPUT_H_
#define ESPCAP_WORKER_FILE_INPUT_H_

#include <memory>
#include <tl/expected.hpp>

#include "base/file_descriptor.h"
#include "process/messages.h"
#include "process/slot_writer.h"
#include "source/file_source.h"
#include "worker/worker_context.h"

namespace espcap::worker {

struct FileInput {
  process::Job job;  // whose path leads to the file
  base::FileDescriptor unpacked;
  std::unique_ptr<source::FileSource> source;
};

// What is the whole file's to tell, the first of its shards tells. An outcome: there is nothing to
// be read.
tl::expected<FileInput, process::Outcome> OpenFileInput(const WorkerContext& context,
                                                        const process::Job& asked,
                                                        process::SlotWriter& out);

}  // namespace espcap::worker

#endif  // ESPCAP_WORKER_FILE_INPUT_H_
