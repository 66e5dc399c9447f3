#include "store/sqlite/subject_index.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/try.h"
#include "store/sqlite/event_text.h"

namespace tocsin::store::sqlite {
namespace {

// Rows under one posting are counted up to here: enough to tell a rare one from a common one.
constexpr std::int64_t counted_max = 1000;

struct Candidate {
  std::int64_t stream = 0;
  std::string subject;
};

Result<std::int64_t> count_rows(Database& database, const std::vector<std::string>& postings) {
  std::int64_t rows = 0;
  for (const std::string& posting : postings) {
    TOCSIN_TRY(
        const auto count,
        database.number("SELECT count(*) FROM (SELECT 1 FROM subject_hint WHERE posting = ?1 "
                        "LIMIT ?2)",
                        Blob{short_hash(posting)}, counted_max));
    rows += count.value_or(0);
  }
  return rows;
}

// The group with the fewest rows: any of them leads to every entry.
Result<std::vector<std::string>> rarest(Database& database,
                                        std::vector<std::vector<std::string>> groups) {
  std::size_t best = 0;
  std::int64_t fewest = INT64_MAX;
  for (std::size_t i = 0; i < groups.size() && groups.size() > 1; ++i) {
    TOCSIN_TRY(const std::int64_t rows, count_rows(database, groups[i]));
    if (rows < fewest) {
      fewest = rows;
      best = i;
    }
  }
  return std::move(groups[best]);
}

Result<std::vector<Candidate>> candidates(Database& database, const std::string& posting,
                                          const Meeting& meeting) {
  std::vector<Candidate> found;
  Query rows = database.query(
      "SELECT s.stream, s.subject FROM subject_hint h JOIN subject s ON s.id = h.entry "
      "WHERE h.posting = ?1 AND s.stream BETWEEN ?2 AND ?3 AND h.since < ?4",
      Blob{short_hash(posting)}, meeting.stream_min, meeting.stream_max, meeting.before);
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return found;
    found.push_back({rows.integer(0), rows.text(1)});
  }
}

// Whether there is a row under the posting; where it is whole, the streams that have it.
Result<bool> find_posting(Database& database, const std::string& posting, const Meeting& meeting,
                          bool whole, std::set<std::int64_t>& streams) {
  Query rows = database.query(
      "SELECT stream FROM subject_posting WHERE posting = ?1 AND stream BETWEEN ?2 AND ?3 "
      "AND since < ?4",
      Blob{short_hash(posting)}, meeting.stream_min, meeting.stream_max, meeting.before);
  bool found = false;
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return found;
    found = true;
    if (!whole) return found;
    streams.insert(rows.integer(0));
  }
}

}  // namespace

Result<void> SubjectIndex::load(Database& database) {
  shapes_.clear();
  Query rows = database.query("SELECT DISTINCT shape FROM subject_shape");
  while (true) {
    TOCSIN_TRY(const bool row, rows.next());
    if (!row) return {};
    auto shape = stream::Shape::parse(rows.view(0));
    if (!shape) return Error(Errc::store_schema, "a subject's shape is damaged");
    shapes_.emplace(rows.text(0), *std::move(shape));
  }
}

Result<std::optional<std::int64_t>> SubjectIndex::find(Work& work, const SubjectChange& change) {
  return work.database.number("SELECT id FROM subject WHERE stream = ?1 AND entry = ?2",
                              change.stream, Blob{short_hash(stream::entry_name(change.subject))});
}

Result<std::int64_t> SubjectIndex::insert(Work& work, const SubjectChange& change, bool later) {
  Database& database = work.database;
  TOCSIN_TRY(const auto entries,
             database.number("UPDATE place SET subjects = subjects + 1 WHERE stream = ?1 "
                             "RETURNING subjects",
                             change.stream));
  if (static_cast<std::size_t>(entries.value_or(0)) > change.subjects_max) {
    return Error(Errc::subject_limit);
  }
  const auto due = later ? std::optional(milliseconds(change.at)) : std::nullopt;
  TOCSIN_CHECK(
      database.run("INSERT INTO subject(stream, entry, verified, changed_at, due_at, subject) "
                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                   change.stream, Blob{short_hash(stream::entry_name(change.subject))},
                   change.verified, milliseconds(change.at), due, subject_text(change.subject)));
  return database.last_id();
}

Result<void> SubjectIndex::put(Work& work, const SubjectChange& change) {
  TOCSIN_TRY(const auto entry, find(work, change));
  if (entry) {
    // What was to happen later is called off (NONE: the removal) or happens now (ALL).
    TOCSIN_CHECK(work.database.run(
        "UPDATE subject SET due_at = NULL WHERE id = ?1 AND due_at IS NOT NULL", *entry));
    const bool begins = change.rule == MatchRule::covers && work.database.changes() == 1;
    return begins ? add_postings(work, *entry, change) : Result<void>();
  }
  TOCSIN_TRY(const std::int64_t inserted, insert(work, change, false));
  return add_postings(work, inserted, change);
}

Result<void> SubjectIndex::drop(Work& work, const SubjectChange& change) {
  TOCSIN_TRY(const auto entry, find(work, change));
  if (!entry) return {};
  TOCSIN_TRY(const auto due,
             work.database.number("SELECT due_at IS NOT NULL FROM subject WHERE id = ?1", *entry));
  // A removal under ALL that has not begun has no postings yet.
  if (change.rule == MatchRule::matches || due == 0) {
    TOCSIN_CHECK(remove_postings(work, *entry, change));
  }
  return remove_row(work, *entry, change.stream);
}

Result<void> SubjectIndex::put_later(Work& work, const SubjectChange& change) {
  TOCSIN_TRY(const auto entry, find(work, change));
  if (entry) return {};
  TOCSIN_TRY(const std::int64_t inserted, insert(work, change, true));
  static_cast<void>(inserted);
  return {};
}

Result<void> SubjectIndex::drop_later(Work& work, const SubjectChange& change) {
  return work.database.run(
      "UPDATE subject SET due_at = coalesce(due_at, ?3) "
      "WHERE stream = ?1 AND entry = ?2",
      change.stream, Blob{short_hash(stream::entry_name(change.subject))}, milliseconds(change.at));
}

Result<void> SubjectIndex::use_shape(Work& work, std::int64_t stream, const std::string& shape) {
  Database& database = work.database;
  TOCSIN_CHECK(
      database.run("INSERT INTO subject_shape(stream, shape, entries) VALUES(?1, ?2, 1) "
                   "ON CONFLICT DO UPDATE SET entries = entries + 1",
                   stream, shape));
  TOCSIN_TRY(const auto shapes,
             database.number("SELECT count(*) FROM subject_shape WHERE stream = ?1", stream));
  if (shapes > work.limits.shapes_max) {
    return Error(Errc::subject_limit, "too many different sets of member names");
  }
  if (!shapes_.contains(shape)) shapes_.emplace(shape, stream::Shape::parse(shape).value());
  return {};
}

Result<void> SubjectIndex::add_postings(Work& work, std::int64_t entry,
                                        const SubjectChange& change) {
  const stream::IndexEntry index = stream::index_entry(change.subject, change.rule);
  TOCSIN_CHECK(use_shape(work, change.stream, index.shape));
  Database& database = work.database;
  TOCSIN_TRY(const auto last,
             database.number("SELECT last FROM place WHERE stream = ?1", change.stream));
  for (const std::string& posting : index.postings) {
    const std::string hash = short_hash(posting);
    if (index.hinted) {
      TOCSIN_CHECK(
          database.run("INSERT INTO subject_hint(posting, entry, since) VALUES(?1, ?2, ?3)",
                       Blob{hash}, entry, last));
    } else {
      TOCSIN_CHECK(database.run(
          "INSERT INTO subject_posting(posting, stream, entries, since) VALUES(?1, ?2, 1, ?3) "
          "ON CONFLICT DO UPDATE SET entries = entries + 1",
          Blob{hash}, change.stream, last));
    }
  }
  return {};
}

Result<void> SubjectIndex::remove_postings(Work& work, std::int64_t entry,
                                           const SubjectChange& change) {
  const stream::IndexEntry index = stream::index_entry(change.subject, change.rule);
  Database& database = work.database;
  for (const std::string& posting : index.postings) {
    const std::string hash = short_hash(posting);
    if (index.hinted) {
      TOCSIN_CHECK(database.run("DELETE FROM subject_hint WHERE posting = ?1 AND entry = ?2",
                                Blob{hash}, entry));
      continue;
    }
    TOCSIN_TRY(const auto left, database.number("UPDATE subject_posting SET entries = entries - 1 "
                                                "WHERE posting = ?1 AND stream = ?2 "
                                                "RETURNING entries",
                                                Blob{hash}, change.stream));
    if (left == 0) {
      TOCSIN_CHECK(database.run("DELETE FROM subject_posting WHERE posting = ?1 AND stream = ?2",
                                Blob{hash}, change.stream));
    }
  }
  TOCSIN_TRY(const auto left, database.number("UPDATE subject_shape SET entries = entries - 1 "
                                              "WHERE stream = ?1 AND shape = ?2 RETURNING entries",
                                              change.stream, index.shape));
  if (left != 0) return {};
  return database.run("DELETE FROM subject_shape WHERE stream = ?1 AND shape = ?2", change.stream,
                      index.shape);
}

Result<void> SubjectIndex::remove_row(Work& work, std::int64_t entry, std::int64_t stream) {
  TOCSIN_CHECK(work.database.run("DELETE FROM subject WHERE id = ?1", entry));
  return work.database.run("UPDATE place SET subjects = subjects - 1 WHERE stream = ?1", stream);
}

Result<std::size_t> SubjectIndex::erase(Work& work, std::int64_t stream, MatchRule rule,
                                        std::size_t count_max) {
  struct Row {
    std::int64_t id;
    bool due;
    std::string subject;
  };
  std::vector<Row> entries;
  {
    Query rows = work.database.query(
        "SELECT id, due_at IS NOT NULL, subject FROM subject WHERE stream = ?1 LIMIT ?2", stream,
        static_cast<std::int64_t>(count_max));
    while (true) {
      TOCSIN_TRY(const bool row, rows.next());
      if (!row) break;
      entries.push_back({rows.integer(0), rows.integer(1) != 0, rows.text(2)});
    }
  }
  for (const Row& row : entries) {
    TOCSIN_TRY(const Subject subject, read_subject_text(row.subject));
    const SubjectChange change{.stream = stream, .rule = rule, .subject = subject};
    if (rule == MatchRule::matches || !row.due) {
      TOCSIN_CHECK(remove_postings(work, row.id, change));
    }
    TOCSIN_CHECK(remove_row(work, row.id, stream));
  }
  return entries.size();
}

Result<std::set<std::int64_t>> SubjectIndex::meet(Work& work, const Subject& event, MatchRule rule,
                                                  const Meeting& meeting) {
  std::set<std::int64_t> streams;
  const stream::KeyedSubject keyed(event);
  for (const auto& [text, shape] : shapes_) {
    if (shape.rule != rule) continue;
    if (shape.hinted) {
      TOCSIN_CHECK(confirm(work, shape, keyed, event, meeting, streams));
      continue;
    }
    const stream::LookUp find = [&](const std::string& posting, bool whole) {
      return find_posting(work.database, posting, meeting, whole, streams);
    };
    TOCSIN_CHECK(stream::look_up(shape, keyed, find));
  }
  return streams;
}

Result<void> SubjectIndex::confirm(Work& work, const stream::Shape& shape,
                                   const stream::KeyedSubject& keyed, const Subject& event,
                                   const Meeting& meeting, std::set<std::int64_t>& streams) {
  auto groups = stream::hints(shape, keyed);
  if (groups.empty()) return {};
  TOCSIN_TRY(const auto group, rarest(work.database, std::move(groups)));
  for (const std::string& posting : group) {
    TOCSIN_TRY(const auto found, candidates(work.database, posting, meeting));
    for (const Candidate& candidate : found) {
      if (streams.contains(candidate.stream)) continue;
      TOCSIN_TRY(const Subject entry, read_subject_text(candidate.subject));
      if (stream::is_met(shape.rule, entry, event)) streams.insert(candidate.stream);
    }
  }
  return {};
}

Result<SubjectIndex::Finished> SubjectIndex::finish_due(Work& work, WallTime now,
                                                        std::size_t count_max) {
  struct Row {
    std::int64_t id;
    std::int64_t stream;
    MatchRule rule;
    std::string subject;
  };
  std::vector<Row> due;
  {
    Query rows = work.database.query(
        "SELECT e.id, e.stream, s.default_subjects, e.subject FROM subject e "
        "JOIN stream s ON s.id = e.stream WHERE e.due_at <= ?1 LIMIT ?2",
        milliseconds(now), static_cast<std::int64_t>(count_max));
    while (true) {
      TOCSIN_TRY(const bool row, rows.next());
      if (!row) break;
      due.push_back({rows.integer(0), rows.integer(1),
                     rule_of(static_cast<DefaultSubjects>(rows.integer(2))), rows.text(3)});
    }
  }
  Finished finished{.removals = due.size()};
  for (const Row& row : due) {
    TOCSIN_TRY(const Subject subject, read_subject_text(row.subject));
    const SubjectChange change{.stream = row.stream, .rule = row.rule, .subject = subject};
    if (row.rule == MatchRule::matches) {
      TOCSIN_CHECK(remove_postings(work, row.id, change));
      TOCSIN_CHECK(remove_row(work, row.id, row.stream));
    } else {
      TOCSIN_CHECK(add_postings(work, row.id, change));
      TOCSIN_CHECK(work.database.run("UPDATE subject SET due_at = NULL WHERE id = ?1", row.id));
    }
    finished.streams.insert(row.stream);
  }
  return finished;
}

}  // namespace tocsin::store::sqlite
