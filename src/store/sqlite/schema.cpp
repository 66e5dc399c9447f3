#include "store/sqlite/schema.h"

#include <array>
#include <string>

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

constexpr std::int64_t application_id = 0x54435331;  // "TCS1", what file(1) may know it by

// Times are milliseconds since 1970. Hashes are the first 16 octets of SHA-256.
//
// The tables every event touches have narrow rows and keys that grow, so that neighbours share a
// page; what is wide or random stands in tables of its own.
constexpr const char* step_1 = R"sql(
CREATE TABLE setting(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

-- Internal ids are never given twice: what refers to a stream that is gone finds nothing.
CREATE TABLE stream(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stream_id TEXT NOT NULL UNIQUE,
  iss TEXT NOT NULL,
  token_issuer TEXT NOT NULL,
  client_id TEXT NOT NULL,
  default_subjects INTEGER NOT NULL,
  status INTEGER NOT NULL,
  held INTEGER NOT NULL,         -- a status that is announced first holds back everything else
  polled INTEGER NOT NULL,
  idle_max INTEGER,              -- inactivity_timeout
  deadline INTEGER,              -- of the status that waits
  record TEXT NOT NULL,          -- the rest, as JSON
  secret BLOB                    -- authorization_header, sealed
);
CREATE INDEX stream_owner ON stream(iss, token_issuer, client_id);

-- Streams that are gone and still have rows elsewhere.
CREATE TABLE leftover(
  stream INTEGER PRIMARY KEY,
  default_subjects INTEGER NOT NULL
);

-- What changes with every SET of a stream.
CREATE TABLE place(
  stream INTEGER PRIMARY KEY,
  last INTEGER NOT NULL,         -- the number given last
  waiting INTEGER NOT NULL,      -- rows of pending
  octets INTEGER NOT NULL,       -- and of their events
  subjects INTEGER NOT NULL,     -- rows of subject
  active_at INTEGER NOT NULL,
  recheck INTEGER NOT NULL       -- up to this number a removal may have ended what the row rests on
);

-- Which streams want a type of event.
CREATE TABLE stream_type(
  iss TEXT NOT NULL,
  type TEXT NOT NULL,
  default_subjects INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  PRIMARY KEY(iss, type, default_subjects, stream)
) WITHOUT ROWID;
CREATE INDEX stream_type_stream ON stream_type(stream);

-- Subjects added (default_subjects NONE) or removed (ALL).
CREATE TABLE subject(
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  entry BLOB NOT NULL,           -- hash: equal for the same entry
  verified INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  due_at INTEGER,                -- the removal takes effect then: NONE ends, ALL begins
  subject TEXT NOT NULL,
  UNIQUE(stream, entry)
);
CREATE INDEX subject_due ON subject(due_at) WHERE due_at IS NOT NULL;
CREATE TABLE subject_shape(
  stream INTEGER NOT NULL,
  shape TEXT NOT NULL,
  entries INTEGER NOT NULL,
  PRIMARY KEY(stream, shape)
) WITHOUT ROWID;
CREATE TABLE subject_posting(
  posting BLOB NOT NULL,         -- hash
  stream INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  since INTEGER NOT NULL,        -- the stream's number when the first of them came
  PRIMARY KEY(posting, stream)
) WITHOUT ROWID;
CREATE TABLE subject_hint(
  posting BLOB NOT NULL,         -- hash
  entry INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY(posting, entry)
) WITHOUT ROWID;

CREATE TABLE event(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL,
  iss TEXT NOT NULL,
  type TEXT NOT NULL,
  txn TEXT NOT NULL,
  toe TEXT,                      -- as JSON number
  accepted_at INTEGER NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL
);

-- The producers' own names of events: hashes only.
CREATE TABLE producer_key(
  name BLOB PRIMARY KEY,
  event_id TEXT NOT NULL,
  streams INTEGER NOT NULL,
  accepted_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX producer_key_time ON producer_key(accepted_at);

CREATE TABLE pending(
  stream INTEGER NOT NULL,
  number INTEGER NOT NULL,
  event INTEGER NOT NULL,
  jti TEXT NOT NULL,
  announces INTEGER NOT NULL,
  polled INTEGER NOT NULL,
  failures INTEGER NOT NULL DEFAULT 0,
  refusals INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER NOT NULL DEFAULT 0,
  octets INTEGER NOT NULL,
  PRIMARY KEY(stream, number)
) WITHOUT ROWID;
CREATE INDEX pending_event ON pending(event);
CREATE INDEX pending_announces ON pending(stream, number) WHERE announces = 1;
-- Only polled streams name SETs by jti; pushed ones are spared an index with random keys.
CREATE INDEX pending_jti ON pending(stream, jti) WHERE polled = 1;

CREATE TABLE signed(
  stream INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kid TEXT NOT NULL,
  compact TEXT NOT NULL,
  PRIMARY KEY(stream, number)
) WITHOUT ROWID;

-- Terminal rows, in the order in which they became so.
CREATE TABLE settled(
  id INTEGER PRIMARY KEY,
  stream INTEGER NOT NULL,
  number INTEGER NOT NULL,
  event INTEGER NOT NULL,
  jti TEXT NOT NULL,
  state INTEGER NOT NULL,
  announces INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  refusals INTEGER NOT NULL,
  settled_at INTEGER NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX settled_event ON settled(event);
CREATE INDEX settled_rejected ON settled(stream, number) WHERE state = 1;

-- SETs seen.
CREATE TABLE inbox(
  id INTEGER PRIMARY KEY,
  upstream TEXT NOT NULL,
  iss TEXT NOT NULL,
  jti TEXT NOT NULL,
  compact TEXT NOT NULL,
  received_at INTEGER NOT NULL
);
CREATE TABLE inbox_seen(
  name BLOB PRIMARY KEY,         -- hash of iss and jti
  received_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX inbox_seen_time ON inbox_seen(received_at);
)sql";

constexpr const char* step_2 = R"sql(
-- What may be used once, and until when it could be used.
CREATE TABLE one_time_name(
  id INTEGER PRIMARY KEY,
  name BLOB NOT NULL UNIQUE,     -- hash
  until INTEGER NOT NULL
);
)sql";

// The audit record is append-only, whatever a later statement says (SEC-61). The index is for the
// few rows that were not delivered.
constexpr const char* step_3 = R"sql(
CREATE TABLE audit(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  origin TEXT NOT NULL,          -- address of the peer
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  result TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE INDEX settled_undelivered ON settled(state) WHERE state <> 0;
)sql";

// What pushing came to, per stream that is in trouble; and how long a retry was to wait.
constexpr const char* step_4 = R"sql(
CREATE TABLE trouble(
  stream INTEGER PRIMARY KEY,
  failing_since INTEGER,
  refuses_all INTEGER NOT NULL,
  refused TEXT NOT NULL          -- numbers with blanks between them; negative: rejected
);
ALTER TABLE pending ADD COLUMN delay INTEGER NOT NULL DEFAULT 0;
)sql";

// A disabled stream's rows up to this number are withdrawn, though not all of them say so yet.
constexpr const char* step_5 = R"sql(
ALTER TABLE place ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
CREATE INDEX place_withdrawn ON place(stream) WHERE withdrawn > 0;
)sql";

constexpr std::array steps{step_1, step_2, step_3, step_4, step_5};

Result<void> take_step(Database& database, std::size_t number) {
  TOCSIN_CHECK(database.script("BEGIN IMMEDIATE"));
  TOCSIN_CHECK(database.script(steps[number - 1]));
  TOCSIN_CHECK(database.script("PRAGMA application_id = " + std::to_string(application_id)));
  TOCSIN_CHECK(database.script("PRAGMA user_version = " + std::to_string(number)));
  return database.script("COMMIT");
}

}  // namespace

Result<SchemaVersions> schema_versions(Database& database) {
  TOCSIN_TRY(const auto made_by, database.number("PRAGMA application_id"));
  TOCSIN_TRY(const auto version, database.number("PRAGMA user_version"));
  TOCSIN_TRY(const auto tables, database.number("SELECT count(*) FROM sqlite_schema"));
  const bool empty = tables == 0 && made_by == 0 && version == 0;
  if (!empty && made_by != application_id) {
    return Error(Errc::store_schema, "the database belongs to another program");
  }
  const auto have = static_cast<std::size_t>(version.value_or(0));
  if (have > steps.size()) {
    return Error(Errc::store_schema, "schema " + std::to_string(have) + " is newer than " +
                                         std::to_string(steps.size()) + ", which this version has");
  }
  return SchemaVersions{.have = have, .need = steps.size()};
}

Result<void> migrate(Database& database) {
  TOCSIN_TRY(const SchemaVersions versions, schema_versions(database));
  for (std::size_t number = versions.have + 1; number <= versions.need; ++number) {
    if (Result<void> taken = take_step(database, number); !taken) {
      if (database.in_transaction()) (void)database.script("ROLLBACK");
      return taken;
    }
  }
  return {};
}

}  // namespace tocsin::store::sqlite
