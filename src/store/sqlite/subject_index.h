// The subjects of all streams, found by hash (stream/matching.h has the idea).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "store/sqlite/work.h"
#include "stream/matching.h"
#include "tocsin/subject.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::store::sqlite {

using stream::MatchRule;

// NONE keeps who was added, ALL who was removed.
inline MatchRule rule_of(DefaultSubjects defaults) noexcept {
  return defaults == DefaultSubjects::NONE ? MatchRule::matches : MatchRule::covers;
}

// A change of one entry of one stream.
struct SubjectChange {
  std::int64_t stream = 0;  // its internal id
  MatchRule rule = MatchRule::matches;
  const Subject& subject;
  bool verified = false;
  WallTime at{};
  std::size_t subjects_max = 0;
};

// Which streams are looked at, by internal id, and which of their entries: those that came before
// this number was given.
struct Meeting {
  std::int64_t stream_min = 0;
  std::int64_t stream_max = INT64_MAX;
  std::int64_t before = INT64_MAX;
};

class SubjectIndex {
 public:
  // Reads which shapes are in use: after opening, and now and then, since those that went out of
  // use are only forgotten here.
  Result<void> load(Database& database);

  // Keeps the entry, unless it is there. subject_limit: too many entries, or too many shapes.
  Result<void> put(Work& work, const SubjectChange& change);

  // Drops the same entry, if there is one.
  Result<void> drop(Work& work, const SubjectChange& change);

  // As put() for ALL, drop() for NONE, at a time to come: finish_due() does it then.
  Result<void> put_later(Work& work, const SubjectChange& change);
  Result<void> drop_later(Work& work, const SubjectChange& change);

  // Takes back at most `count_max` entries of a stream that is gone; how many there were.
  Result<std::size_t> erase(Work& work, std::int64_t stream, MatchRule rule, std::size_t count_max);

  // Streams with an entry that meets `event` under `rule`.
  Result<std::set<std::int64_t>> meet(Work& work, const Subject& event, MatchRule rule,
                                      const Meeting& meeting);

  // Removals whose time has come: how many they are, and the streams they changed.
  struct Finished {
    std::size_t removals = 0;
    std::set<std::int64_t> streams{};
  };
  Result<Finished> finish_due(Work& work, WallTime now, std::size_t count_max);

 private:
  Result<std::optional<std::int64_t>> find(Work& work, const SubjectChange& change);
  Result<std::int64_t> insert(Work& work, const SubjectChange& change, bool later);
  Result<void> add_postings(Work& work, std::int64_t entry, const SubjectChange& change);
  Result<void> remove_postings(Work& work, std::int64_t entry, const SubjectChange& change);
  Result<void> remove_row(Work& work, std::int64_t entry, std::int64_t stream);
  Result<void> use_shape(Work& work, std::int64_t stream, const std::string& shape);
  Result<void> confirm(Work& work, const stream::Shape& shape, const stream::KeyedSubject& keyed,
                       const Subject& event, const Meeting& meeting,
                       std::set<std::int64_t>& streams);

  std::map<std::string, stream::Shape> shapes_;  // in use, and perhaps some that were
};

}  // namespace tocsin::store::sqlite
