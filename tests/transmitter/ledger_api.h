// The API over the real ledger: what a receiver asks for decides what it gets.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api.h"
#include "jose/secret_box.h"
#include "store/sqlite/sqlite_store.h"
#include "support/temporary_folder.h"

namespace tocsin::transmitter {

class LedgerApi : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  std::vector<http::Route> routes() override {
    std::vector<http::Route> routes = stream_api_routes({.tenant = *tenant_,
                                                         .streams = *ledger_,
                                                         .subjects = *ledger_,
                                                         .clock = clock_,
                                                         .random = random_,
                                                         .addresses = addresses_},
                                                        test_guard);
    for (http::Route& route : ledger_poll_.routes(test_guard)) routes.push_back(std::move(route));
    return routes;
  }

  // An event that policy permits is accepted; the number of streams that get it.
  std::size_t accept(Event event, Subject subject) {
    store::NewEvent accepted;
    accepted.iss = tenant_->issuer();
    accepted.event_id = random_.id();
    accepted.txn = random_.id();
    accepted.event = std::move(event);
    accepted.subject = std::move(subject);
    accepted.accepted_at = clock_.wall();
    std::vector<store::NewEvent> events{std::move(accepted)};
    return test::run(loop_, ledger_->accept(std::move(events))).value()[0].streams;
  }
  std::size_t accept(const std::string& who) {
    return accept(caep::SessionRevoked{}, email_subject(who));
  }

  http::Response name_subject(const char* what, const std::string& id, const std::string& who) {
    return call(
        "POST", std::string("/ssf/subjects/") + what,
        R"({"stream_id":")" + id + R"(","subject":{"format":"email","email":")" + who + R"("}})");
  }

  // The SETs of a poll, as their receiver reads them.
  std::vector<VerifiedSet> sets(const std::string& id) {
    std::vector<VerifiedSet> verified;
    const Json sets = member(body_of(poll(id)), "sets");
    for (const JsonMember& entry : *sets.as_object()) {
      SetPolicy policy;
      policy.iss = tenant_->issuer();
      policy.aud = {tenant_->urls().url("/acme/" + id)};
      policy.stream_id = id;
      auto set =
          verify(*entry.value.as_string(), KeySet::of({key_}), policy, clock_.wall_seconds());
      EXPECT_TRUE(set) << set.error().to_string();
      if (set) verified.push_back(std::move(*set));
    }
    return verified;
  }

  // What they are about.
  std::vector<std::string> polled(const std::string& id) {
    std::vector<std::string> subjects;
    for (const VerifiedSet& set : sets(id)) {
      subjects.push_back(*member(to_json(set->sub_id), "email").as_string());
    }
    return subjects;
  }

  store::StreamOwner owner() const { return {tenant_->issuer(), {"https://as", "acme"}}; }

  const test::TemporaryFolder folder_;
  std::unique_ptr<store::SqliteStore> ledger_ =
      store::SqliteStore::open(
          {.path = folder_.file("tocsin.db"), .threaded = false},
          jose::SecretBox::with_key(jose::Secret(std::string(jose::secret_box_key_size, 'k')))
              .value(),
          clock_, random_)
          .value();
  OutgoingSets ledger_sets_{*ledger_};
  PollWaiters ledger_waiters_{*ledger_, clock_};
  PollApi ledger_poll_{{.tenant = *tenant_,
                        .streams = *ledger_,
                        .outbox = *ledger_,
                        .sets = ledger_sets_,
                        .waiters = ledger_waiters_,
                        .clock = clock_}};
};

}  // namespace tocsin::transmitter
