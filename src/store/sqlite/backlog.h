// What is owed now, for metrics (REL-27): in all, and by stream for the few that owe the most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/work.h"
#include "store/streams.h"

namespace tocsin::store::sqlite {

struct StreamBacklog {
  std::string stream_id;
  std::uint64_t sets = 0;
  std::uint64_t octets = 0;  // of their events
  WallTime oldest{};         // accepted then
};

// Streams of one kind.
struct StreamGroup {
  bool polled = false;
  StreamStatus status = StreamStatus::enabled;
  std::uint64_t streams = 0;
  std::uint64_t sets = 0;
  std::uint64_t octets = 0;
};

struct Backlog {
  std::vector<StreamGroup> groups;
  std::vector<StreamBacklog> streams;  // those with most SETs and those with the oldest
  std::optional<WallTime> oldest;      // of all
  std::uint64_t dead_letters = 0;      // not more than dead_letters_max
  std::uint64_t database_octets = 0;
};

inline constexpr std::int64_t dead_letters_max = 100'000;  // are counted

// `streams_max` of each of the two sorts.
Result<Backlog> read_backlog(Work& work, std::size_t streams_max);

}  // namespace tocsin::store::sqlite
