// The subjects of streams (SSF 1.0 section 8.1.3): who was added where default_subjects is NONE,
// who was removed where it is ALL. Adding is interest, never permission (SEC-14). The cost of
// matching an event does not grow with the number of subjects.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "store/streams.h"
#include "tocsin/subject.h"

namespace tocsin::store {

class Subjects {
 public:
  virtual ~Subjects() = default;

  // NONE: the subject is on the stream from now on. ALL: if the same entry was removed, it is back.
  // Again is no change. The answer tells nothing about the subject (SEC-13). Errors:
  // stream_unknown, subject_limit (`subjects_max` entries are there), store_unavailable.
  virtual Task<Result<void>> add(StreamOwner owner, std::string stream_id, Subject subject,
                                 bool verified, WallTime at, std::size_t subjects_max) = 0;

  // NONE: the same entry is gone. ALL: events it covers are held back. Takes effect at `at` also
  // for SETs that wait already (REL-12): those that no entry admits any more are withdrawn.
  virtual Task<Result<void>> remove(StreamOwner owner, std::string stream_id, Subject subject,
                                    WallTime at, std::size_t subjects_max) = 0;

  // Removals for a time to come that is here as of `now` take effect, at most `count_max` of them;
  // how many did. For the transmitter's housekeeping: nothing else looks for them.
  virtual Task<Result<std::size_t>> finish_removals(WallTime now, std::size_t count_max) = 0;
};

}  // namespace tocsin::store
