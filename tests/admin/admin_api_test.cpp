#include "admin/admin_api.h"

#include <gmock/gmock.h>

#include "admin/admin_access.h"
#include "http/problem.h"
#include "store/sqlite_store.h"
#include "support/api_document.h"
#include "support/matchers.h"

namespace tocsin::admin {
namespace {

using store::event_about;
using store::Settled;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string token = "an-admin-token-of-thirty-two-octets";

// The API over a store, behind a router, called without sockets.
class AdminApi : public testing::Test {
 protected:
  AdminApi() {
    EXPECT_TRUE(run(store_->create(store::stream("s1"), 10)));
    EXPECT_TRUE(run(store_->create(store::stream("s2"), 10)));
  }

  template <class T>
  T run(loop::Task<T> task) {
    return test::run(loop_, std::move(task));
  }

  void accept(const std::string& user, const std::string& id) {
    run(store_->accept({event_about(opaque_subject(user), id)})).value();
  }

  void reject(const std::string& stream_id, std::int64_t number) {
    ASSERT_TRUE(run(store_->settle({{.stream_id = stream_id,
                                     .number = number,
                                     .state = Settled::State::rejected,
                                     .history = {.failures = 3, .refusals = 3},
                                     .note = "invalid_request"}})));
  }

  http::Task<http::Response> serve(http::Request request) {
    const http::Router::Match match = router_.find(request.method, request.path);
    if (match.route == nullptr) co_return http::to_response(Errc::http_not_found, {});
    request.segment = match.segment;
    Result<void> admitted = co_await match.route->access.admit(request);
    if (admitted) admitted = http::judge_media_type(*match.route, request.headers);
    if (!admitted) co_return http::to_response(admitted.error(), http::Face::problem);
    auto response = co_await match.route->handler(std::move(request));
    if (!response) co_return http::to_response(response.error(), http::Face::problem);
    co_return std::move(*response);
  }

  // Every answer is held to docs/openapi.json.
  http::Response call(const std::string& method, const std::string& target,
                      const std::string& body = {}, const std::string& bearer = token) {
    http::Request request;
    request.method = method;
    request.path = target.substr(0, target.find('?'));
    request.query = request.path == target ? "" : target.substr(request.path.size() + 1);
    request.headers.add("Authorization", "Bearer " + bearer);
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = body;
    request.peer = "192.0.2.7";
    http::Response response = run(serve(std::move(request)));
    const std::string* type = response.headers.find("Content-Type");
    EXPECT_EQ(test::ApiDocument::ours().judge(method, target,
                                              {.status = response.status,
                                               .type = type == nullptr ? "" : *type,
                                               .body = response.body}),
              "");
    return response;
  }

  // What a list answers: one member of each of its items.
  std::vector<std::string> listed(const std::string& target, const std::string& list,
                                  const std::string& member) {
    const http::Response response = call("GET", target);
    EXPECT_EQ(response.status, 200U) << response.body;
    const Json body = parse_json(response.body).value();
    std::vector<std::string> values;
    for (const Json& item : *body.as_object()->find(list)->as_array()) {
      const Json* value = item.as_object()->find(member);
      values.push_back(value == nullptr ? "" : *value->as_string());
    }
    return values;
  }
  std::vector<std::string> deliveries(const std::string& query) {
    return listed("/admin/deliveries" + query, "deliveries", "delivery");
  }

  const test::TemporaryFolder folder_;
  ManualClock clock_{std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))};
  SeededRandom random_{1};
  loop::Loop loop_;
  std::unique_ptr<store::SqliteStore> store_ =
      store::SqliteStore::open({.path = folder_.file("tocsin.db"), .threaded = false},
                               store::test_box(), clock_, random_)
          .value();
  std::vector<Deed> deeds_;
  http::Router router_ =
      http::Router::open(admin_api_routes(*store_, admin_access(token, clock_),
                                          [this](const Deed& deed) { deeds_.push_back(deed); }))
          .value();
};

TEST_F(AdminApi, SEC_07_EveryRouteAsksForTheOperatorsOwnToken) {
  for (const http::Route& route : router_.routes()) {
    const std::string path = route.path.substr(0, route.path.find('{'));
    const auto answer = call(route.method, path.back() == '/' ? path + "s1.1" : path, "", "other");
    EXPECT_EQ(answer.status, 401U) << route.method << " " << route.path;
  }
  EXPECT_EQ(router_.routes().size(), 7U);
}

TEST_F(AdminApi, SEC_08_GuessingIsHeldBackAndTheOperatorIsNot) {
  unsigned last = 0;
  for (int i = 0; i < 100; ++i) last = call("GET", "/admin/audit", "", "guess").status;
  EXPECT_EQ(last, 429U);
  EXPECT_EQ(call("GET", "/admin/audit").status, 200U);
}

TEST_F(AdminApi, ListsDeliveriesByStateAndStreamPageByPage) {
  for (const char* id : {"e1", "e2", "e3"}) accept("u", id);
  reject("s1", 2);
  EXPECT_THAT(deliveries("?state=pending&stream_id=s1"), ElementsAre("s1.1", "s1.3"));
  EXPECT_THAT(deliveries("?state=rejected"), ElementsAre("s1.2"));
  EXPECT_THAT(deliveries("?state=rejected&stream_id=s2"), ElementsAre());
  const http::Response first = call("GET", "/admin/deliveries?limit=1&stream_id=s2");
  EXPECT_THAT(first.body, HasSubstr("\"delivery\":\"s2.1\""));
  EXPECT_THAT(first.body, HasSubstr("\"next\":1"));
  EXPECT_THAT(deliveries("?limit=2&stream_id=s2&after=1"), ElementsAre("s2.2", "s2.3"));
  EXPECT_THAT(deliveries("?from=2027-01-15T08:00:00Z&until=2027-01-15T08:00:00Z&stream_id=s2"),
              ElementsAre("s2.1", "s2.2", "s2.3"));
  EXPECT_THAT(deliveries("?from=2027-01-15T08:00:00.001Z"), ElementsAre());
}

TEST_F(AdminApi, ShowsOneDeliveryWithItsSubjectAndWhyItWasRefused) {
  accept("user-17", "e1");
  reject("s1", 1);
  const http::Response shown = call("GET", "/admin/deliveries/s1.1");
  EXPECT_EQ(shown.status, 200U);
  for (const char* part : {"\"state\":\"rejected\"", "\"note\":\"invalid_request\"",
                           "\"refusals\":3", "\"subject\":{\"format\":\"opaque\"", "user-17",
                           "\"iss\":\"https://tr.example.com\"", "\"txn\":\"txn-e1\""}) {
    EXPECT_THAT(shown.body, HasSubstr(part));
  }
  for (const char* name : {"s1.9", "s9.1", "s1", "s1.x", ".1", "s1.0"}) {
    EXPECT_EQ(call("GET", "/admin/deliveries/" + std::string(name)).status, 404U) << name;
  }
}

TEST_F(AdminApi, REL_08_ADeadLetterIsRetriedAndWhatIsPendingIsDropped) {
  for (const char* id : {"e1", "e2"}) accept("u", id);
  reject("s1", 1);
  const http::Response retried =
      call("POST", "/admin/retries", R"({"deliveries":["s1.1","s1.7","s9.1"]})");
  EXPECT_EQ(retried.body, R"({"retried":["s1.1"],"unknown":["s1.7","s9.1"]})");
  EXPECT_THAT(deliveries("?stream_id=s1"), ElementsAre("s1.1", "s1.2"));
  const http::Response dropped =
      call("POST", "/admin/drops", R"({"deliveries":["s1.2"],"reason":"sent by hand"})");
  EXPECT_EQ(dropped.body, R"({"dropped":["s1.2"],"unknown":[]})");
  EXPECT_THAT(listed("/admin/deliveries?state=withdrawn", "deliveries", "note"),
              ElementsAre("dropped by admin: sent by hand"));
}

TEST_F(AdminApi, FindsEventsAndReplaysThemOnOneStream) {
  accept("u1", "e1");
  accept("u2", "e2");
  EXPECT_THAT(
      listed("/admin/events?subject=%7B%22format%22%3A%22opaque%22%2C%22id%22%3A%22u2%22%7D",
             "events", "event_id"),
      ElementsAre("e2"));
  const std::string body = R"({"stream_id":"s1","places":[1,2,99],"dry_run":)";
  EXPECT_EQ(call("POST", "/admin/replays", body + "true}").body,
            R"({"replayed":2,"dry_run":true})");
  EXPECT_THAT(deliveries("?stream_id=s1"), ElementsAre("s1.1", "s1.2"));
  EXPECT_EQ(call("POST", "/admin/replays", body + "false}").body,
            R"({"replayed":2,"dry_run":false})");
  EXPECT_THAT(deliveries("?stream_id=s1"), ElementsAre("s1.1", "s1.2", "s1.3", "s1.4"));
  const auto gone = call("POST", "/admin/replays", R"({"stream_id":"s9","places":[1]})");
  EXPECT_EQ(gone.status, 404U);
  EXPECT_THAT(gone.body, HasSubstr("stream.unknown"));
}

TEST_F(AdminApi, SEC_61_SaysWhoDidWhatFromWhereAndWhatCameOfIt) {
  accept("u", "e1");
  call("POST", "/admin/retries", R"({"deliveries":["s1.1"]})");
  call("POST", "/admin/drops", R"({"deliveries":["s1.8"],"reason":"r"})");
  call("POST", "/admin/replays", R"({"stream_id":"s9","places":[1]})");
  const http::Response audit = call("GET", "/admin/audit");
  EXPECT_THAT(audit.body, HasSubstr(R"("who":"admin","from":"192.0.2.7","action":"delivery.retry",)"
                                    R"("target":"s1.1","result":"done"})"));
  EXPECT_THAT(listed("/admin/audit", "records", "result"),
              ElementsAre("done", "not pending", "there is no such stream"));
  EXPECT_THAT(listed("/admin/audit?after=1&limit=1", "records", "action"),
              ElementsAre("delivery.drop"));
  EXPECT_THAT(audit.body, Not(HasSubstr(token)));
}

TEST_F(AdminApi, SEC_61_EveryActionIsToldToTheLogAndWhatOnlyLooksIsNot) {
  accept("u", "e1");
  call("GET", "/admin/deliveries");
  call("POST", "/admin/replays", R"({"stream_id":"s1","places":[1],"dry_run":true})");
  EXPECT_TRUE(deeds_.empty());
  call("POST", "/admin/retries", R"({"deliveries":["s1.1","s1.7","s2.1"]})");
  call("POST", "/admin/drops", R"({"deliveries":["s2.1"],"reason":"r"})");
  call("POST", "/admin/replays", R"({"stream_id":"s1","places":[1,9]})");
  call("POST", "/admin/replays", R"({"stream_id":"s9","places":[1]})");
  std::vector<std::string> told;
  for (const Deed& deed : deeds_) {
    EXPECT_EQ(deed.actor.who + " " + deed.actor.from, "admin 192.0.2.7");
    told.push_back(std::string(deed.action) + " " + deed.stream_id + " " +
                   std::to_string(deed.done) + "/" + std::to_string(deed.asked));
  }
  EXPECT_THAT(told,
              ElementsAre("delivery.retry s1 1/2", "delivery.retry s2 1/1", "delivery.drop s2 1/1",
                          "event.replay s1 1/2", "event.replay s9 0/1"));
}

TEST_F(AdminApi, ARefusalNamesTheMemberAndTheRule) {
  struct Case {
    std::string target;
    std::string member;
  };
  for (const Case& each :
       std::vector<Case>{{"/admin/deliveries?state=dead", "state"},
                         {"/admin/deliveries?limit=0", "limit"},
                         {"/admin/deliveries?limit=1001", "limit"},
                         {"/admin/deliveries?limit=-1", "limit"},
                         {"/admin/deliveries?after=x", "after"},
                         {"/admin/deliveries?from=yesterday", "from"},
                         {"/admin/deliveries?stream_id=", "stream_id"},
                         {"/admin/deliveries?stream=s1", "query"},
                         {"/admin/deliveries?state=pending&state=pending", "query"},
                         {"/admin/deliveries?state=%zz", "query"},
                         {"/admin/deliveries?jti=" + std::string(1025, 'x'), "jti"},
                         {"/admin/events?subject=u1", "subject"},
                         {"/admin/events?subject=%7B%22format%22%3A%22email%22%7D", "subject"},
                         {"/admin/audit?state=pending", "query"}}) {
    const http::Response response = call("GET", each.target);
    EXPECT_EQ(response.status, 400U) << each.target;
    EXPECT_THAT(response.body, HasSubstr("\"member\":\"" + each.member + "\",\"rule\":\""))
        << each.target;
  }
}

TEST_F(AdminApi, ARefusedActionDoesNothingAndNamesTheMember) {
  accept("u", "e1");
  std::string many = R"({"deliveries":[)";
  for (int i = 1; i <= 1001; ++i) many += (i == 1 ? "\"s1." : ",\"s1.") + std::to_string(i) + '"';
  struct Case {
    std::string path;
    std::string body;
    std::string member;
  };
  for (const Case& each : std::vector<Case>{
           {"/admin/retries", "[]", "body"},
           {"/admin/retries", "{", "body"},
           {"/admin/retries", R"({"deliveries":["s1.1"],"deliveries":["s1.1"]})", "body"},
           {"/admin/retries", R"({"deliveries":["s1.1"],"reason":"x"})", "body"},
           {"/admin/retries", "{}", "deliveries"},
           {"/admin/retries", R"({"deliveries":[]})", "deliveries"},
           {"/admin/retries", R"({"deliveries":["s1.1","s1.1"]})", "deliveries"},
           {"/admin/retries", R"({"deliveries":["s1.99999999999999999999"]})", "deliveries"},
           {"/admin/drops", R"({"deliveries":["s1.1"]})", "reason"},
           {"/admin/drops", R"({"deliveries":["s1.1"],"reason":")" + std::string(201, 'r') + "\"}",
            "reason"},
           {"/admin/replays", R"({"places":[1]})", "stream_id"},
           {"/admin/replays", R"({"stream_id":"s1","places":[2,1]})", "places"},
           {"/admin/replays", R"({"stream_id":"s1","places":[0]})", "places"},
           {"/admin/replays", R"({"stream_id":"s1","places":[1],"dry_run":1})", "dry_run"}}) {
    const http::Response response = call("POST", each.path, each.body);
    EXPECT_EQ(response.status, 400U) << each.body;
    EXPECT_THAT(response.body, HasSubstr("\"member\":\"" + each.member + "\"")) << each.body;
  }
  EXPECT_THAT(call("POST", "/admin/retries", many + "]}").body, HasSubstr("json.limits"));
  EXPECT_THAT(deliveries("?stream_id=s1"), ElementsAre("s1.1"));
  EXPECT_EQ(call("GET", "/admin/audit").body, R"({"records":[]})");
}

}  // namespace
}  // namespace tocsin::admin
