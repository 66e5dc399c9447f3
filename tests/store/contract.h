// What every store promises, as tests over its ports. A store's own test file names it:
//
//   INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(StoreMaker{"sqlite", open}));
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "store/inbox.h"
#include "store/ledger.h"
#include "store/notes.h"
#include "store/one_time_names.h"
#include "store/outbox.h"
#include "store/streams.h"
#include "store/subjects.h"
#include "support/run.h"
#include "support/temporary_folder.h"

namespace tocsin::store {

// One store's ports, open until this goes.
struct OpenStore {
  virtual ~OpenStore() = default;
  virtual Streams& streams() = 0;
  virtual Subjects& subjects() = 0;
  virtual Outbox& outbox() = 0;
  virtual Inbox& inbox() = 0;
  virtual Ledger& ledger() = 0;
  virtual Notes& notes() = 0;
  virtual OneTimeNames& one_time_names() = 0;
};

// Opens the store that lives in `folder`, again and again the same one.
struct StoreMaker {
  std::string name;
  std::function<std::unique_ptr<OpenStore>(const test::TemporaryFolder& folder, const Clock& clock,
                                           Random& random)>
      open;
};
inline void PrintTo(const StoreMaker& maker, std::ostream* out) {
  *out << maker.name;
}

inline const std::string session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
inline const std::string credential_change =
    "https://schemas.openid.net/secevent/caep/event-type/credential-change";
inline const std::string issuer = "https://tr.example.com";

inline StreamOwner owner(std::string client = "rx") {
  return {.iss = issuer, .receiver = {.token_issuer = "static", .client_id = std::move(client)}};
}

inline StreamRecord stream(std::string id, DefaultSubjects defaults = DefaultSubjects::ALL,
                           DeliveryMethod method = DeliveryMethod::poll) {
  StreamRecord record;
  record.owner = owner();
  record.config.stream_id = std::move(id);
  record.config.iss = issuer;
  record.config.aud = {"https://rx.example.com"};
  record.config.events_delivered = {session_revoked};
  record.config.delivery = {.method = method, .endpoint_url = "https://rx.example.com/events"};
  record.default_subjects = defaults;
  return record;
}

inline NewEvent event_about(Subject subject, std::string id = "e1") {
  NewEvent event;
  event.iss = issuer;
  event.event_id = std::move(id);
  event.subject = std::move(subject);
  event.event = caep::SessionRevoked{};
  event.txn = "txn-" + event.event_id;
  event.accepted_at = WallTime(std::chrono::seconds(1'800'000'000));
  event.producer = {.token_issuer = "static", .client_id = "idp"};
  return event;
}

inline std::vector<std::string> event_ids(const std::vector<PendingSet>& sets) {
  std::vector<std::string> ids;
  for (const PendingSet& set : sets) ids.push_back(set.txn.substr(4));
  return ids;
}

inline std::vector<std::string> jtis(const std::vector<PendingSet>& sets) {
  std::vector<std::string> ids;
  for (const PendingSet& set : sets) ids.push_back(set.jti);
  return ids;
}

class StoreContract : public testing::TestWithParam<StoreMaker> {
 protected:
  StoreContract() { reopen(); }

  void reopen() {
    store_.reset();
    store_ = GetParam().open(folder_, clock_, random_);
    store_->outbox().listen([this](const std::string& stream_id, Outbox::Change change) {
      told_.emplace_back(stream_id, change);
    });
  }

  template <class T>
  T run(Task<T> task) {
    return test::run(loop_, std::move(task));
  }

  Streams& streams() { return store_->streams(); }
  Subjects& subjects() { return store_->subjects(); }
  Outbox& outbox() { return store_->outbox(); }
  Inbox& inbox() { return store_->inbox(); }
  Ledger& ledger() { return store_->ledger(); }
  Notes& notes() { return store_->notes(); }
  OneTimeNames& one_time_names() { return store_->one_time_names(); }

  Result<void> create(StreamRecord record) { return run(streams().create(std::move(record), 100)); }
  Result<void> add(std::string id, Subject subject) {
    return run(subjects().add(owner(), std::move(id), std::move(subject), true, now(), 100));
  }
  Result<void> remove(std::string id, Subject subject) {
    return run(subjects().remove(owner(), std::move(id), std::move(subject), now(), 100));
  }
  Receipt accept(NewEvent event) {
    std::vector<NewEvent> events;
    events.push_back(std::move(event));
    return run(outbox().accept(std::move(events))).value().at(0);
  }
  std::vector<PendingSet> pending(std::string id, std::int64_t after = 0) {
    return run(outbox().pending(std::move(id), after, 1000)).value();
  }
  Result<PollSelection> poll(std::string id, PollRequest request) {
    return run(outbox().poll(owner(), std::move(id), std::move(request), now()));
  }
  Result<StreamRecord> change(std::string id, StreamDecision decide) {
    return run(streams().change(owner(), std::move(id), std::move(decide)));
  }
  Admission admit(std::string jti, std::string compact = "a.b.c") {
    InboxEntry entry;
    entry.upstream = "partner";
    entry.iss = issuer;
    entry.jti = std::move(jti);
    entry.compact = std::move(compact);
    entry.received_at = now();
    return run(inbox().admit(std::move(entry))).value();
  }
  std::vector<InboxRow> behind(std::int64_t place, std::size_t count_max = 100) {
    return run(inbox().behind(place, count_max)).value();
  }
  std::vector<std::string> names(std::int64_t place, std::size_t count_max = 100) {
    std::vector<std::string> jtis;
    for (const InboxRow& row : behind(place, count_max)) jtis.push_back(row.entry.jti);
    return jtis;
  }
  std::size_t erase(WallTime before, std::int64_t place, std::size_t count_max = 100) {
    return run(inbox().erase(before, place, count_max)).value();
  }
  WallTime now() const { return clock_.wall(); }

  const test::TemporaryFolder folder_;
  ManualClock clock_{std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))};
  SeededRandom random_{1};
  loop::Loop loop_;
  std::vector<std::pair<std::string, Outbox::Change>> told_;
  std::unique_ptr<OpenStore> store_;
};

}  // namespace tocsin::store
