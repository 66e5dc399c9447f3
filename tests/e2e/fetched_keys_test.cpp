// `tocsin set verify` finds the keys of an issuer over HTTPS, and says what is wrong when it
// cannot.
#include <gmock/gmock.h>

#include <mutex>

#include "cli/program.h"
#include "support/certificates.h"
#include "support/test_server.h"
#include "tocsin/security_event_token.h"

namespace tocsin {
namespace {

using http::Request;
using http::Response;
using http::Task;
using test::Workplace;
using testing::HasSubstr;

Task<Result<Response>> answer(std::string body) {
  Response response;
  response.headers = {{"Content-Type", "application/json"}};
  response.body = std::move(body);
  co_return response;
}

http::Route document(std::string path, std::function<std::string()> body) {
  http::Route route;
  route.method = "GET";
  route.path = std::move(path);
  route.access = http::Access::open();
  route.handler = [body](Request) { return answer(body()); };
  return route;
}

// What the server says of itself; its thread reads while the test writes.
class Published {
 public:
  void put(std::string origin, std::string issuer) {
    const std::lock_guard lock(mutex_);
    origin_ = std::move(origin);
    issuer_ = std::move(issuer);
  }
  std::string metadata() const {
    const std::lock_guard lock(mutex_);
    return to_text(JsonObject{{"issuer", issuer_}, {"jwks_uri", origin_ + "/jwks.json"}});
  }

 private:
  mutable std::mutex mutex_;
  std::string origin_;
  std::string issuer_;
};

class FetchedKeys : public testing::Test {
 protected:
  FetchedKeys() {
    const auto files = authority_.issue();
    http::ServerConfig config;
    config.address = parse_ip_address("127.0.0.1").value();
    config.tls = http::TlsServer::open({files.certificate_file, files.key_file}).value();
    server_.emplace(
        std::vector<http::Route>{
            document("/.well-known/ssf-configuration", [this] { return published_.metadata(); }),
            document("/jwks.json", [this] { return to_text(KeySet::of({key_}).to_jwks()); })},
        std::move(config));
    published_.put(issuer(), issuer());
  }

  std::string issuer() const { return "https://127.0.0.1:" + std::to_string(server_->port()); }

  std::string set() const {
    caep::SessionRevoked event;
    event.reason_admin = LanguageMap("en", "x");
    SecurityEventToken claims;
    claims.iss = issuer();
    claims.aud = {"https://rp.example.com"};
    claims.jti = "1";
    claims.iat = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    claims.sub_id = email_subject("jdoe@example.com");
    claims.event = event;
    return mint(claims, key_).value();
  }

  test::Answer verify(std::vector<std::string> more) const {
    std::vector<std::string> words{"set",    "verify", "--issuer",
                                   issuer(), "--aud",  "https://rp.example.com"};
    words.insert(words.end(), more.begin(), more.end());
    return place_.tocsin(words, {.input = set()});
  }

  const Workplace place_;
  const SigningKey key_ = SigningKey::generate(Algorithm::ES256).value();
  test::CertificateAuthority authority_{place_.folder()};
  Published published_;
  std::optional<test::TestServer> server_;
};

TEST_F(FetchedKeys, AreThoseTheMetadataOfTheIssuerNames) {
  const auto answer = verify({"--ca", authority_.ca_file(), "--allow-address", "127.0.0.0/8"});
  EXPECT_EQ(answer.exit, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("verified"));
}

TEST_F(FetchedKeys, CanBeNamedByTheUrlOfTheSet) {
  const auto answer = verify({"--keys", issuer() + "/jwks.json", "--ca", authority_.ca_file(),
                              "--allow-address", "127.0.0.0/8"});
  EXPECT_EQ(answer.exit, 0) << answer.err;
}

TEST_F(FetchedKeys, SEC_40_AreNotFetchedFromAPrivateAddressUnasked) {
  const auto answer = verify({"--ca", authority_.ca_file()});
  EXPECT_EQ(answer.exit, 4) << answer.out;
  EXPECT_EQ(answer.out, "");
  EXPECT_THAT(answer.err, HasSubstr("jose.key"));
}

TEST_F(FetchedKeys, SEC_37_AreNotFetchedFromAServerNobodyVouchesFor) {
  const auto answer = verify({"--allow-address", "127.0.0.0/8"});
  EXPECT_EQ(answer.exit, 4) << answer.out;
}

TEST_F(FetchedKeys, SEC_28_AreNotTakenFromTheMetadataOfAnotherIssuer) {
  published_.put(issuer(), "https://idp.example.com");
  const auto answer = verify({"--ca", authority_.ca_file(), "--allow-address", "127.0.0.0/8"});
  EXPECT_NE(answer.exit, 0);
  EXPECT_THAT(answer.err, HasSubstr("metadata.value"));
}

}  // namespace
}  // namespace tocsin
