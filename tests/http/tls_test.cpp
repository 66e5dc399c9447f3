#include "http/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/detached.hpp>

#include "http/deadlines.h"
#include "http/stream.h"
#include "support/certificates.h"
#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::http {
namespace {

using std::chrono::milliseconds;
using test::CertificateAuthority;
using test::CertificateFiles;
using test::FailsWith;
using test::run;
using test::Succeeds;
using test::TemporaryFolder;

constexpr std::chrono::seconds patience{10};

Task<void> shake(Stream& stream, TlsSession session, std::optional<Result<void>>& result) {
  result.emplace(co_await stream.handshake(std::move(session), after(patience)));
  // The other side must not wait for one that failed without a word.
  if (!*result) stream.close();
}

// Two ends of one connection in one process.
class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    near.emplace(deadlines, ends[0]);
    far.emplace(deadlines, ends[1]);
  }

  void handshake(TlsSession client, TlsSession server) {
    boost::asio::co_spawn(loop, shake(*far, std::move(server), served), boost::asio::detached);
    boost::asio::co_spawn(loop, shake(*near, std::move(client), connected), boost::asio::detached);
    loop.restart();
    while (!(connected && served) && loop.run_one() > 0) {
    }
  }

  // What the client says about a server that shows `files`.
  Result<void> verdict(const CertificateFiles& files, TlsClientConfig client = {},
                       const std::string& host = "localhost", const std::string& ocsp_file = "") {
    if (client.ca_file.empty()) client.ca_file = authority.ca_file();
    const TlsServer server =
        TlsServer::open({files.certificate_file, files.key_file, ocsp_file}).value();
    handshake(TlsClient::open(client).value().open_session(host).value(),
              server.open_session().value());
    return *connected;
  }

  Loop loop{1};
  Deadlines deadlines{loop, milliseconds(2)};
  TemporaryFolder folder;
  CertificateAuthority authority{folder};
  std::optional<Stream> near;
  std::optional<Stream> far;
  std::optional<Result<void>> connected;
  std::optional<Result<void>> served;
};

TEST_F(TlsTest, CarriesBytesBothWays) {
  ASSERT_THAT(verdict(authority.issue()), Succeeds());
  ASSERT_TRUE(*served);
  ASSERT_TRUE(run(loop, near->write("ping", after(patience))));
  std::array<char, 16> buffer{};
  EXPECT_EQ(run(loop, far->read_some(buffer, after(patience))).value(), 4u);
}

TEST_F(TlsTest, SeesTheRestOfARecordWithoutWaitingForTheSocket) {
  ASSERT_THAT(verdict(authority.issue()), Succeeds());
  ASSERT_TRUE(run(loop, near->write("ping", after(patience))));
  std::array<char, 1> one{};
  ASSERT_TRUE(run(loop, far->read_some(one, after(patience))));
  EXPECT_TRUE(run(loop, far->wait_readable(after(milliseconds(20)))));
}

Task<void> send_all(Stream& stream, std::string_view bytes, std::optional<Result<void>>& result) {
  result.emplace(co_await stream.write(bytes, after(patience)));
}

TEST_F(TlsTest, CarriesMoreThanTheSocketHolds) {
  ASSERT_THAT(verdict(authority.issue()), Succeeds());
  const std::string much(3 * 1024 * 1024, 'x');
  std::optional<Result<void>> sent;
  boost::asio::co_spawn(loop, send_all(*near, much, sent), boost::asio::detached);
  std::vector<char> buffer(100'000);
  std::size_t total = 0;
  while (total < much.size()) {
    total += run(loop, far->read_some(buffer, after(patience))).value();
  }
  EXPECT_EQ(total, much.size());
  EXPECT_TRUE(sent.value());
}

TEST_F(TlsTest, AGoodbyeIsAnEndAndACutIsNot) {
  ASSERT_THAT(verdict(authority.issue()), Succeeds());
  run(loop, near->shutdown(after(milliseconds(200))));
  std::array<char, 16> buffer{};
  EXPECT_EQ(run(loop, far->read_some(buffer, after(patience))).value(), 0u);
}

TEST_F(TlsTest, ACutWithoutGoodbyeIsNetClosed) {
  ASSERT_THAT(verdict(authority.issue()), Succeeds());
  near->close();
  std::array<char, 16> buffer{};
  EXPECT_THAT(run(loop, far->read_some(buffer, after(patience))), FailsWith(Errc::net_closed));
}

TEST_F(TlsTest, SEC_37_RefusesAnExpiredCertificate) {
  const CertificateFiles files = authority.issue({.ends = std::chrono::seconds(-60)});
  EXPECT_THAT(verdict(files), FailsWith(Errc::net_tls));
  EXPECT_THAT(connected->error().detail, testing::HasSubstr("expired"));
}

TEST_F(TlsTest, SEC_37_RefusesASelfSignedCertificate) {
  EXPECT_THAT(verdict(authority.self_signed()), FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, SEC_37_RefusesACertificateOfAnAuthorityTheSystemDoesNotTrust) {
  const CertificateFiles files = authority.issue();
  const TlsServer server = TlsServer::open({files.certificate_file, files.key_file, ""}).value();
  handshake(TlsClient::open({}).value().open_session("localhost").value(),
            server.open_session().value());
  EXPECT_THAT(*connected, FailsWith(Errc::net_tls));
}

// Covers: PUSH-3-02, PUSH-5.3-02.
TEST_F(TlsTest, SEC_37_RefusesACertificateForAnotherName) {
  EXPECT_THAT(verdict(authority.issue({.names = {"other.example"}})), FailsWith(Errc::net_tls));
  EXPECT_THAT(connected->error().detail, testing::HasSubstr("mismatch"));
}

TEST_F(TlsTest, SEC_37_RefusesACertificateForAnotherAddress) {
  EXPECT_THAT(verdict(authority.issue(), {}, "127.0.0.2"), FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, SEC_37_AnAddressIsNoNameAndTheSubjectIsNeither) {
  // "127.0.0.1" as a DNS name, and "test peer" as the common name every test certificate has.
  const CertificateFiles files = authority.issue({.names = {"127.0.0.1"}, .addresses = {}});
  EXPECT_THAT(verdict(files, {}, "127.0.0.1"), FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, SEC_37_AcceptsAnAddressInTheCertificate) {
  EXPECT_THAT(verdict(authority.issue(), {}, "127.0.0.1"), Succeeds());
}

TEST_F(TlsTest, SEC_37_AcceptsAWildcardForOneWholeLabelOnly) {
  const CertificateFiles files = authority.issue({.names = {"*.example.com"}});
  EXPECT_THAT(verdict(files, {}, "push.example.com"), Succeeds());
}

TEST_F(TlsTest, SEC_37_RefusesAWildcardForTwoLabels) {
  const CertificateFiles files = authority.issue({.names = {"*.example.com"}});
  EXPECT_THAT(verdict(files, {}, "a.push.example.com"), FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, SEC_37_OpensNoSessionWithoutAName) {
  const TlsClient client = TlsClient::open({.ca_file = authority.ca_file()}).value();
  EXPECT_THAT(client.open_session(""), FailsWith(Errc::net_tls));
  EXPECT_THAT(client.open_session(std::string_view("localhost\0.evil", 15)),
              FailsWith(Errc::net_tls));
}

// A foreign peer whose TLS is as old as `version`.
struct ForeignPeer {
  explicit ForeignPeer(int version, const char* ciphers = nullptr) {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    if (ciphers != nullptr) SSL_CTX_set_cipher_list(context.get(), ciphers);
  }
  TlsSession session(const CertificateFiles* files) const {
    if (files != nullptr) {
      SSL_CTX_use_certificate_chain_file(context.get(), files->certificate_file.c_str());
      SSL_CTX_use_PrivateKey_file(context.get(), files->key_file.c_str(), SSL_FILETYPE_PEM);
    }
    TlsSession made(SSL_new(context.get()));
    files != nullptr ? SSL_set_accept_state(made.get()) : SSL_set_connect_state(made.get());
    return made;
  }
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
};

class TlsVersions : public TlsTest, public testing::WithParamInterface<int> {
 protected:
  bool good() const { return GetParam() >= TLS1_2_VERSION; }
};

// Covers: IC-12, IC-13, IC-14, IOP-2.1-03, DLV-IOP-04, PUSH-5.3-01, POLL-4.3-01.
TEST_P(TlsVersions, SEC_37_AsServer) {
  const CertificateFiles files = authority.issue();
  const TlsServer server = TlsServer::open({files.certificate_file, files.key_file, ""}).value();
  const ForeignPeer peer(GetParam());
  handshake(peer.session(nullptr), server.open_session().value());
  EXPECT_EQ(served->has_value(), good()) << (good() ? served->error().to_string() : "accepted");
  if (!good()) {
    EXPECT_EQ(served->error().code, Errc::net_tls);
  }
}

// Covers: IOP-2.1-03, PUSH-5.3-01, DLV-IOP-04.
TEST_P(TlsVersions, SEC_37_AsClient) {
  const CertificateFiles files = authority.issue();
  const TlsClient client = TlsClient::open({.ca_file = authority.ca_file()}).value();
  const ForeignPeer peer(GetParam());
  handshake(client.open_session("localhost").value(), peer.session(&files));
  EXPECT_EQ(connected->has_value(), good());
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsVersions,
                         testing::Values(TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
                                         TLS1_3_VERSION),
                         [](const auto& param) {
                           return "tls" + std::to_string(param.param - TLS1_VERSION);
                         });

class TlsCiphers : public TlsTest, public testing::WithParamInterface<const char*> {};

// Covers: IOP-2.1-04, DLV-IOP-04.
TEST_P(TlsCiphers, SEC_37_RefusesSuitesThatRfc9325DoesNotRecommend) {
  const CertificateFiles files = authority.issue();
  const TlsServer server = TlsServer::open({files.certificate_file, files.key_file, ""}).value();
  const ForeignPeer peer(TLS1_2_VERSION, GetParam());
  handshake(peer.session(nullptr), server.open_session().value());
  EXPECT_THAT(*served, FailsWith(Errc::net_tls));
}

INSTANTIATE_TEST_SUITE_P(Suites, TlsCiphers,
                         testing::Values("AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256",
                                         "ECDHE-ECDSA-AES256-SHA", "DHE-RSA-AES128-GCM-SHA256",
                                         "NULL-SHA256"));

TEST_F(TlsTest, SEC_33_RefusesAKeyThatOthersMayRead) {
  const CertificateFiles files = authority.issue();
  for (const unsigned mode : {0640u, 0604u, 0644u, 0660u}) {
    ASSERT_EQ(::chmod(files.key_file.c_str(), mode), 0);
    EXPECT_THAT(TlsServer::open({files.certificate_file, files.key_file, ""}),
                FailsWith(Errc::file_mode));
  }
}

TEST_F(TlsTest, RefusesAKeyOfAnotherCertificate) {
  const CertificateFiles one = authority.issue();
  const CertificateFiles other = authority.issue();
  EXPECT_THAT(TlsServer::open({one.certificate_file, other.key_file, ""}),
              FailsWith(Errc::config_invalid));
}

TEST_F(TlsTest, NamesTheFileThatIsMissingOrNoPem) {
  const CertificateFiles files = authority.issue();
  EXPECT_THAT(TlsServer::open({folder.file("none.pem"), files.key_file, ""}),
              FailsWith(Errc::file_unreadable));
  const std::string junk = folder.write("junk.pem", "junk");
  EXPECT_THAT(TlsServer::open({junk, files.key_file, ""}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(TlsServer::open({files.certificate_file, junk, ""}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(TlsClient::open({.ca_file = folder.file("none.pem")}),
              FailsWith(Errc::file_unreadable));
  EXPECT_THAT(TlsClient::open({.ca_file = junk}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(TlsClient::open({.ca_file = authority.ca_file(), .crl_files = {junk}}),
              FailsWith(Errc::config_invalid));
}

// Silence about revocation: accepted or not, by the mode.
TEST_F(TlsTest, Revocation_SoftFailAcceptsSilence) {
  EXPECT_THAT(verdict(authority.issue()), Succeeds());
}

TEST_F(TlsTest, Revocation_HardFailRefusesSilence) {
  EXPECT_THAT(verdict(authority.issue(), {.revocation = Revocation::hard_fail}),
              FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, Revocation_ACrlOfTheAuthorityVouches) {
  const CertificateFiles files = authority.issue();
  const std::string crl = authority.crl_file({authority.issue()});
  EXPECT_THAT(verdict(files, {.crl_files = {crl}, .revocation = Revocation::hard_fail}),
              Succeeds());
}

TEST_F(TlsTest, Revocation_ACrlRefusesInEitherMode) {
  const CertificateFiles files = authority.issue();
  const std::string crl = authority.crl_file({files});
  EXPECT_THAT(verdict(files, {.crl_files = {crl}}), FailsWith(Errc::net_tls));
  EXPECT_THAT(connected->error().detail, testing::HasSubstr("revoked"));
}

TEST_F(TlsTest, Revocation_AStaleCrlIsSilence) {
  const CertificateFiles files = authority.issue();
  const std::string crl = authority.crl_file({}, std::chrono::minutes(-10));
  EXPECT_THAT(verdict(files, {.crl_files = {crl}, .revocation = Revocation::hard_fail}),
              FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, Revocation_SoftFailAcceptsAStaleOrForeignCrl) {
  CertificateAuthority stranger(folder, "Stranger");
  const std::string foreign = stranger.crl_file({});
  const std::string stale = authority.crl_file({}, std::chrono::minutes(-10));
  EXPECT_THAT(verdict(authority.issue(), {.crl_files = {foreign, stale}}), Succeeds());
}

TEST_F(TlsTest, Revocation_HardFailWantsACrlOfTheRightAuthority) {
  CertificateAuthority stranger(folder, "Stranger");
  const std::string foreign = stranger.crl_file({});
  EXPECT_THAT(
      verdict(authority.issue(), {.crl_files = {foreign}, .revocation = Revocation::hard_fail}),
      FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, Revocation_AStapleVouches) {
  const CertificateFiles files = authority.issue();
  const std::string ocsp = authority.ocsp_file(files, false);
  EXPECT_THAT(verdict(files, {.revocation = Revocation::hard_fail}, "localhost", ocsp), Succeeds());
}

TEST_F(TlsTest, Revocation_AStapleRefusesInEitherMode) {
  const CertificateFiles files = authority.issue();
  const std::string ocsp = authority.ocsp_file(files, true);
  EXPECT_THAT(verdict(files, {}, "localhost", ocsp), FailsWith(Errc::net_tls));
}

TEST_F(TlsTest, Revocation_AStapleThatIsStaleForgedOrAboutAnotherIsSilence) {
  const CertificateFiles files = authority.issue();
  CertificateAuthority stranger(folder, "Stranger");
  const std::string silent[] = {
      authority.ocsp_file(files, false, std::chrono::minutes(-10)),
      authority.ocsp_file(authority.issue(), false),
      stranger.ocsp_file(files, false),
      folder.write("junk.ocsp", "junk"),
  };
  for (const std::string& ocsp : silent) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    near.emplace(deadlines, ends[0]);
    far.emplace(deadlines, ends[1]);
    connected.reset();
    served.reset();
    EXPECT_THAT(verdict(files, {.revocation = Revocation::hard_fail}, "localhost", ocsp),
                FailsWith(Errc::net_tls))
        << ocsp;
  }
}

TEST_F(TlsTest, RefusesAClientThatOffersOnlyOtherProtocols) {
  const CertificateFiles files = authority.issue();
  const TlsServer server = TlsServer::open({files.certificate_file, files.key_file, ""}).value();
  const ForeignPeer peer(TLS1_3_VERSION);
  TlsSession client = peer.session(nullptr);
  SSL_set_alpn_protos(client.get(), reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  handshake(std::move(client), server.open_session().value());
  EXPECT_THAT(*served, FailsWith(Errc::net_tls));
}

}  // namespace
}  // namespace tocsin::http
