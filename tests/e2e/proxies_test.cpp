// Who asks, when a proxy stands in front: the audit record and the limits see the client.
#include <gmock/gmock.h>

#include <fstream>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::ask;
using test::RawResponse;

class Proxies : public test::TransmitterFixture {
 protected:
  // A token that is wrong, as if `client` had sent it through the proxy on 127.0.0.1.
  unsigned fail_as(const std::string& client) {
    return ask(serving_->port(),
               "GET /ssf/streams HTTP/1.1\r\nHost: localhost\r\n"
               "Authorization: Bearer wrong\r\nX-Forwarded-For: " +
                   client + "\r\n\r\n")
        .status;
  }

  unsigned fail_until_limited(const std::string& client) {
    unsigned status = 401;
    for (int i = 0; i < 100 && status == 401; ++i) status = fail_as(client);
    return status;
  }

  void trust_loopback() {
    ::setenv("TOCSIN_SERVER__TRUSTED_PROXIES", "[\"127.0.0.0/8\"]", 1);
    start();
    ::unsetenv("TOCSIN_SERVER__TRUSTED_PROXIES");
  }
};

TEST_F(Proxies, SEC_08_EachClientBehindATrustedProxyHasItsOwnAllowance) {
  trust_loopback();
  EXPECT_EQ(fail_until_limited("192.0.2.1"), 429U);
  EXPECT_EQ(fail_as("192.0.2.2"), 401U);
  EXPECT_EQ(fail_as("192.0.2.9, 192.0.2.1"), 429U) << "what the client wrote itself is not read";
}

TEST_F(Proxies, SEC_50_WithoutTrustNobodyChoosesAnAddress) {
  start();
  EXPECT_EQ(fail_until_limited("192.0.2.1"), 429U);
  EXPECT_EQ(fail_as("192.0.2.2"), 429U);
}

TEST_F(Proxies, PlainHttpBeyondLoopbackNeedsThem) {
  const auto check = [this](std::map<std::string, std::string> environment) {
    environment["TOCSIN_SERVER__LISTEN"] = "0.0.0.0:0";
    return place_.tocsin({"serve", "--check", "--config", config_}, {.environment = environment});
  };
  EXPECT_EQ(check({}).exit, 2);
  const auto good = check({{"TOCSIN_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"}});
  EXPECT_EQ(good.exit, 0) << good.err;

  ::setenv("TOCSIN_SERVER__LISTEN", "0.0.0.0:0", 1);
  ::setenv("TOCSIN_SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]", 1);
  start();
  ::unsetenv("TOCSIN_SERVER__LISTEN");
  ::unsetenv("TOCSIN_SERVER__TRUSTED_PROXIES");
  EXPECT_EQ(ask(serving_->port(), {.path = "/jwks.json"}).status, 0U) << "we are no proxy";
  EXPECT_EQ(ask(serving_->admin_port(), {.path = "/livez"}).status, 200U);
}

}  // namespace
}  // namespace tocsin
