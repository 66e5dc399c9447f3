// A line of JSON an event, appended to a file or written to standard output.
#pragma once

#include <memory>
#include <string>

#include "loop/workers.h"
#include "sink/sink.h"

namespace tocsin::sink {

// A file is opened anew when it was moved away, so that it can be rotated, and what is in it is on
// disk before the event counts as delivered. For the loop's thread; a worker writes.
class NdjsonSink final : public Sink {
 public:
  // "-" is standard output. file_unreadable: the file cannot be opened. `workers` outlives it.
  static Result<std::unique_ptr<NdjsonSink>> open(std::string path, loop::Workers& workers);
  ~NdjsonSink() override;

  // All or none: store_unavailable where the lines could not be written whole.
  Task<std::vector<Result<void>>> take(const std::vector<const SinkEvent*>& events) override;

 private:
  class File;
  NdjsonSink(std::unique_ptr<File> file, loop::Workers& workers);

  std::unique_ptr<File> file_;
  loop::Workers& workers_;
};

}  // namespace tocsin::sink
