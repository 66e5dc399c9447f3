// The tenant's API behind the real server: what only shows there.
#include "http/server.h"

#include <future>

#include "api.h"
#include "support/raw_client.h"
#include "support/test_server.h"
#include "transmitter/documents.h"

namespace tocsin::transmitter {
namespace {

using testing::HasSubstr;

class ServedApi : public ApiTest {
 protected:
  std::vector<http::Route> all_routes() {
    std::vector<http::Route> all = routes();
    for (http::Route& route : documents_->routes()) all.push_back(std::move(route));
    return all;
  }

  static std::string request_text(const std::string& line, const std::string& body,
                                  const std::string& headers = "") {
    return line + " HTTP/1.1\r\nHost: evil.example\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
  static std::string as_acme(const std::string& line, const std::string& body = "") {
    return request_text(line, body, "Authorization: Bearer acme\r\n");
  }

  test::RawResponse ask(const std::string& text) { return test::ask(server_.port(), text); }

  std::unique_ptr<Documents> documents_ =
      Documents::open(tenant_->metadata(), KeySet::of({key_})).value();
  test::TestServer server_{all_routes()};
};

TEST_F(ServedApi, SEC_50_NoUrlComesFromTheRequest) {
  const test::RawResponse metadata =
      ask("GET /.well-known/ssf-configuration/a HTTP/1.1\r\nHost: evil.example\r\n"
          "X-Forwarded-Host: evil.example\r\n\r\n");
  EXPECT_EQ(metadata.status, 200U);
  EXPECT_EQ(metadata.body, to_text(to_json(tenant_->metadata())));
  const test::RawResponse created = ask(as_acme("POST /a/ssf/streams", "{}"));
  EXPECT_EQ(created.status, 201U);
  EXPECT_THAT(created.body, HasSubstr("https://tr.example.com/a/ssf/poll/"));
  EXPECT_THAT(created.body, testing::Not(HasSubstr("evil")));
  EXPECT_EQ(created.headers.at("cache-control"), "no-store");
}

TEST_F(ServedApi, SSF_7_1_08_MetadataAreOpenToEverybody) {
  const test::RawResponse metadata =
      ask("GET /.well-known/ssf-configuration/a HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(metadata.body, HasSubstr("authorization_schemes"));
  EXPECT_EQ(ask("GET /.well-known/risc-configuration/a HTTP/1.1\r\nHost: h\r\n\r\n").status, 404U);
}

TEST_F(ServedApi, SSF_AZ_05_BT_03_ARefusalSaysWhatIsMissing) {
  const test::RawResponse without = ask(request_text("POST /a/ssf/streams", "{"));
  EXPECT_EQ(without.status, 401U);
  EXPECT_EQ(without.headers.at("www-authenticate"), "Bearer");
  const test::RawResponse bad =
      ask(request_text("POST /a/ssf/streams", "{}", "Authorization: Bearer x\r\n"));
  EXPECT_EQ(bad.status, 401U);
  EXPECT_THAT(bad.headers.at("www-authenticate"), HasSubstr("invalid_token"));
  const test::RawResponse weak =
      ask(request_text("POST /a/ssf/streams", "{}", "Authorization: Bearer acme-reader\r\n"));
  EXPECT_EQ(weak.status, 403U);
  EXPECT_THAT(weak.headers.at("www-authenticate"), HasSubstr("insufficient_scope"));
}

TEST_F(ServedApi, SEC_51_OtherSpellingsOfAPathAreNothing) {
  for (const char* path : {"/a//ssf/streams", "/a/./ssf/streams", "/a/ssf/streams/",
                           "/A/ssf/streams", "/ssf/streams", "/a/ssf/%73treams"}) {
    const unsigned status = ask(as_acme(std::string("GET ") + path)).status;
    EXPECT_TRUE(status == 404 || status == 400) << path << " " << status;
  }
}

TEST_F(ServedApi, IOP_2_3_8_2_05_POLL_2_5_01_AVerificationWakesALongPoll) {
  const test::RawResponse created = ask(as_acme("POST /a/ssf/streams", "{}"));
  const Json config = parse_json(created.body).value();
  const std::string id = *member(config, "stream_id").as_string();
  auto polled =
      std::async(std::launch::async, [&] { return ask(as_acme("POST /a/ssf/poll/" + id, "{}")); });
  const test::RawResponse asked =
      ask(as_acme("POST /a/ssf/verification", R"({"stream_id":")" + id + R"(","state":"s-1"})"));
  EXPECT_EQ(asked.status, 204U);
  const test::RawResponse answer = polled.get();
  ASSERT_EQ(answer.status, 200U);
  const Json body = parse_json(answer.body).value();
  const Json sets = member(body, "sets");
  ASSERT_EQ(sets.as_object()->size(), 1U);
  const std::string compact = *sets.as_object()->begin()->value.as_string();
  SetPolicy policy;
  policy.iss = "https://tr.example.com/a";
  policy.aud = {*member(config, "aud").as_string()};
  const auto set = verify(compact, KeySet::of({key_}), policy, clock_.wall_seconds());
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(std::get<ssf::Verification>((*set)->event).state, "s-1");
}

}  // namespace
}  // namespace tocsin::transmitter
