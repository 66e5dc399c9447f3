// Who may call what, and that nobody can tell somebody else's stream from none (SSF 8, SEC-09).
#include <algorithm>

#include "api.h"

namespace tocsin::transmitter {
namespace {

class AccessApi : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  struct Operation {
    std::string method;
    std::string target;
    std::string body;
    unsigned success;
    bool reads;
  };

  // Every operation on one stream.
  static std::vector<Operation> operations(const std::string& id) {
    const std::string its_id = R"({"stream_id":")" + id + "\"";
    const std::string subject = R"(,"subject":{"format":"email","email":"a@example.com"}})";
    return {{"GET", "/ssf/streams?stream_id=" + id, "", 200, true},
            {"PATCH", "/ssf/streams", its_id + "}", 200, false},
            {"PUT", "/ssf/streams", its_id + "}", 200, false},
            {"GET", "/ssf/status?stream_id=" + id, "", 200, true},
            {"POST", "/ssf/status", its_id + R"(,"status":"enabled"})", 200, false},
            {"POST", "/ssf/subjects/add", its_id + subject, 200, false},
            {"POST", "/ssf/subjects/remove", its_id + subject, 204, false},
            {"POST", "/ssf/verification", its_id + "}", 204, false},
            {"POST", "/ssf/poll/" + id, R"({"returnImmediately":true})", 200, false},
            {"DELETE", "/ssf/streams?stream_id=" + id, "", 204, false}};
  }

  // And those on none.
  static std::vector<Operation> all_operations(const std::string& id) {
    std::vector<Operation> all = operations(id);
    all.push_back({"POST", "/ssf/streams", "{}", 201, false});
    all.push_back({"GET", "/ssf/streams", "", 200, true});
    return all;
  }

  http::Response call_as(const Operation& operation, const std::string& token) {
    return call(operation.method, operation.target, operation.body, token);
  }

  static std::string name_of(const Operation& operation) {
    return operation.method + " " + operation.target;
  }
};

// Covers: SSF-AZ-01.
TEST_F(AccessApi, SSF_8_01_SSF_7_1_1_02_SEC_01_EveryOperationNeedsACredential) {
  for (const Operation& operation : all_operations(create())) {
    EXPECT_EQ(call_as(operation, "").status, 401U) << name_of(operation);
    EXPECT_EQ(call_as(operation, "unheard-of").status, 401U) << name_of(operation);
  }
}

// Covers: A-49, IOP-2.7.3-02, IOP-2.7.3-05.
TEST_F(AccessApi, IOP_2_7_3_07_SEC_04_TheScopeMatrix) {
  for (const Operation& operation : all_operations(create())) {
    EXPECT_EQ(call_as(operation, "acme-reader").status, operation.reads ? 200U : 403U)
        << name_of(operation);
    EXPECT_EQ(call_as(operation, "nobody").status, 403U) << name_of(operation);
    EXPECT_EQ(call_as(operation, "acme").status, operation.success) << name_of(operation);
  }
}

// Covers: A-13, POLL-SSF-01, POLL-2.5.1-02, SSF-8.1.2.2-04.
TEST_F(AccessApi, SSF_8_02_SSF_8_1_03_SEC_09_AForeignStreamAndNoneAreTheSame) {
  const std::string foreign = create("{}", "globex");
  const std::string none = random_.id();
  const std::vector<Operation> on_foreign = operations(foreign);
  const std::vector<Operation> on_none = operations(none);
  for (std::size_t i = 0; i < on_foreign.size(); ++i) {
    const http::Response first = call_as(on_foreign[i], "acme");
    const http::Response second = call_as(on_none[i], "acme");
    EXPECT_EQ(first.status, 404U) << name_of(on_foreign[i]);
    EXPECT_EQ(second.status, 404U) << name_of(on_none[i]);
    EXPECT_EQ(first.body, second.body);
    EXPECT_TRUE(std::ranges::equal(first.headers, second.headers, {}, &http::Header::value,
                                   &http::Header::value));
  }
  EXPECT_EQ(call("GET", "/ssf/status?stream_id=" + foreign, "", "globex").status, 200U);
}

TEST_F(AccessApi, SEC_09_AClientIdAloneNamesNobody) {
  const std::string id = create();
  tenant_->replace_receivers({{{"https://as", "acme"}, {}}, {{"https://other-as", "acme"}, {}}});
  for (const Operation& operation : operations(id)) {
    EXPECT_EQ(call_as(operation, "imposter").status, 404U) << name_of(operation);
  }
}

TEST_F(AccessApi, SEC_68_WhoIsNotRegisteredHereMayDoNothing) {
  for (const Operation& operation : all_operations("none")) {
    EXPECT_EQ(call_as(operation, "stranger").status, 403U) << name_of(operation);
  }
}

// Covers: SSF-8-03, IOP-2.3.8-01.
TEST_F(AccessApi, IOP_2_7_3_07_09_EveryRouteDeclaresItsOwnOperation) {
  using enum oauth::Operation;
  std::vector<oauth::Operation> seen;
  const Guard remember = [&seen](oauth::Operation operation) {
    seen.push_back(operation);
    return test_guard(operation);
  };
  stream_api_routes(parts(), remember);
  poll_api_.routes(remember);
  EXPECT_THAT(seen, testing::ElementsAre(create_stream, read_configuration, update_stream,
                                         update_stream, delete_stream, read_status, update_status,
                                         add_subject, remove_subject, request_verification, poll));
}

TEST_F(AccessApi, SSF_ERR_01_SEC_51_OtherMethodsAre405) {
  for (const char* path :
       {"/ssf/status", "/ssf/subjects/add", "/ssf/verification", "/ssf/poll/x"}) {
    EXPECT_EQ(call("DELETE", path).status, 405U) << path;
  }
  EXPECT_EQ(call("GET", "/ssf/poll/x").status, 405U);
  EXPECT_EQ(call("GET", "/ssf/streams/x").status, 404U);
}

TEST_F(AccessApi, SEC_51_NothingIsKeptByCaches) {
  for (const http::Route& route : routes()) {
    EXPECT_EQ(route.cache_control, "no-store") << route.method << " " << route.path;
    EXPECT_FALSE(route.access.is_open()) << route.method << " " << route.path;
  }
}

TEST_F(AccessApi, SeveralTenantsShareAProcessAndNothingElse) {
  TenantTerms terms = plain_terms();
  terms.issuer = "https://tr.example.com/b";
  const auto other = Tenant::open(std::move(terms), signer_).value();
  other->replace_receivers({{{"https://as", "acme"}, {}}});
  std::vector<http::Route> both = routes();
  for (http::Route& route : stream_api_routes({.tenant = *other,
                                               .streams = store_,
                                               .subjects = store_,
                                               .clock = clock_,
                                               .random = random_,
                                               .addresses = addresses_},
                                              test_guard)) {
    both.push_back(std::move(route));
  }
  const http::Router router = http::Router::open(both).value();
  const std::string id = create();
  http::Request request = ApiTest::request("GET", "/ssf/streams?stream_id=" + id, "", "acme");
  request.path = "/b/ssf/streams";
  const http::Route route = *router.find("GET", request.path).route;
  ASSERT_TRUE(test::run(loop_, route.access.admit(request)));
  const auto answer = test::run(loop_, route.handler(request));
  EXPECT_THAT(answer, test::FailsWith(Errc::stream_unknown));
}

}  // namespace
}  // namespace tocsin::transmitter
