#include "http/dns_resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <thread>

#include "http/client/fake_dns.h"
#include "http/client/start.h"
#include "http/hosts_file.h"
#include "support/run.h"
#include "support/temporary_folder.h"

namespace tocsin::http {
namespace {

using test::FakeDns;
using testing::ElementsAre;
using testing::SizeIs;
using namespace std::chrono_literals;

class DnsResolverTest : public testing::Test {
 protected:
  DnsResolverTest() {
    config_.servers = {{parse_ip_address("127.0.0.1").value(), dns_.port()}};
    config_.hosts_file = "";
  }

  // The addresses as texts, or the error's code.
  std::vector<std::string> resolve(const std::string& host, std::chrono::milliseconds wait = 10s) {
    const auto resolver = DnsResolver::open(loop_, config_);
    const auto addresses = test::run(loop_, (*resolver)->resolve(host, after(wait)));
    if (!addresses) return {std::string(describe(addresses.error().code).name)};
    std::vector<std::string> texts;
    for (const IpAddress& address : *addresses) texts.push_back(to_short_text(address));
    return texts;
  }

  FakeDns dns_;
  Loop loop_{1};
  DnsConfig config_;
};

TEST_F(DnsResolverTest, GivesAllAddressesOfBothFamiliesIPv4First) {
  dns_.has("a.example", {"2001:db8::1", "192.0.2.1", "192.0.2.2"});
  EXPECT_THAT(resolve("a.example"), ElementsAre("192.0.2.1", "192.0.2.2", "2001:db8::1"));
  dns_.has("six.example", {"2001:db8::6"});
  EXPECT_THAT(resolve("six.example"), ElementsAre("2001:db8::6"));
}

TEST_F(DnsResolverTest, FollowsAnAlias) {
  dns_.has_alias("www.example", "host.example");
  dns_.has("host.example", {"192.0.2.7"});
  EXPECT_THAT(resolve("www.example"), ElementsAre("192.0.2.7"));
}

TEST_F(DnsResolverTest, ANameWithoutAddressesIsNetResolve) {
  EXPECT_THAT(resolve("nowhere.example"), ElementsAre("net_resolve"));
  dns_.has("empty.example", {});
  EXPECT_THAT(resolve("empty.example"), ElementsAre("net_resolve"));
  dns_.is(FakeDns::Mood::fails);
  EXPECT_THAT(resolve("a.example"), ElementsAre("net_resolve"));
}

TEST_F(DnsResolverTest, ASilentServerEndsAtTheDeadline) {
  dns_.is(FakeDns::Mood::silent);
  EXPECT_THAT(resolve("a.example", 50ms), ElementsAre("net_timeout"));
}

TEST_F(DnsResolverTest, ASilentServerEndsOnItsOwnWithoutADeadline) {
  dns_.is(FakeDns::Mood::silent);
  config_.try_timeout = 20ms;
  EXPECT_THAT(resolve("a.example", 1h), ElementsAre("net_resolve"));
  // Two families, two tries; the server may count the last ones after we have given up.
  const Deadline end = after(10s);
  while (dns_.questions() < 4 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_GE(dns_.questions(), 4);
}

TEST_F(DnsResolverTest, OneFamilyDoesNotWaitLongForTheOther) {
  dns_.has("a.example", {"192.0.2.1", "2001:db8::1"});
  dns_.is(FakeDns::Mood::v4_only);
  config_.try_timeout = 1h;
  config_.family_grace = 20ms;
  EXPECT_THAT(resolve("a.example", 1h), ElementsAre("192.0.2.1"));
}

TEST_F(DnsResolverTest, ALongAnswerComesByTcp) {
  std::vector<std::string> many;
  for (int i = 1; i <= 12; ++i) many.push_back("192.0.2." + std::to_string(i));
  dns_.has("many.example", many);
  dns_.is(FakeDns::Mood::truncates);
  EXPECT_EQ(resolve("many.example"), many);
}

TEST_F(DnsResolverTest, TrashIsNoAnswer) {
  dns_.is(FakeDns::Mood::talks_trash);
  config_.try_timeout = 20ms;
  EXPECT_THAT(resolve("a.example"), ElementsAre("net_resolve"));
}

TEST_F(DnsResolverTest, AsksAgainEveryTime) {
  dns_.has("moving.example", {"192.0.2.1"});
  EXPECT_THAT(resolve("moving.example"), ElementsAre("192.0.2.1"));
  dns_.has("moving.example", {"127.0.0.1"});
  EXPECT_THAT(resolve("moving.example"), ElementsAre("127.0.0.1"));
}

TEST_F(DnsResolverTest, TheHostsFileComesFirstAndLocalhostNeverLeaves) {
  const test::TemporaryFolder folder;
  config_.hosts_file = folder.write("hosts",
                                    "# local names\n"
                                    "10.0.0.5\tPush.Corp.Example push # ours\n"
                                    "fd00::5  push.corp.example\n");
  dns_.has("push.corp.example", {"192.0.2.1"});
  EXPECT_THAT(resolve("push.corp.example"), ElementsAre("10.0.0.5", "fd00::5"));
  EXPECT_THAT(resolve("localhost"), ElementsAre("127.0.0.1", "::1"));
  EXPECT_THAT(resolve("a.localhost"), ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(dns_.questions(), 0);
}

TEST_F(DnsResolverTest, ManyLookupsShareTheLoop) {
  const auto resolver = DnsResolver::open(loop_, config_).value();
  std::vector<std::optional<Result<std::vector<IpAddress>>>> found(50);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string name = "n" + std::to_string(i) + ".example";
    dns_.has(name, {"192.0.2.1", "2001:db8::1"});
    test::start(loop_, resolver->resolve(name, after(10s)), found[i]);
  }
  loop_.run();  // ends by itself: the resolver watches nothing while nothing is asked
  for (const auto& addresses : found) EXPECT_THAT(addresses.value().value(), SizeIs(2));
}

TEST_F(DnsResolverTest, MayGoWhileSomebodyWaits) {
  dns_.is(FakeDns::Mood::silent);
  auto resolver = DnsResolver::open(loop_, config_).value();
  std::optional<Result<std::vector<IpAddress>>> found;
  test::start(loop_, resolver->resolve("a.example", after(10s)), found);
  while (dns_.questions() == 0) loop_.poll();
  resolver.reset();
  loop_.restart();
  loop_.run();
  EXPECT_EQ(found.value().error().code, Errc::net_resolve);
}

TEST(HostsFile, SkipsWhatItCannotRead) {
  std::istringstream hosts(
      "127.0.0.1 localhost\n\n#192.0.2.9 no\nnonsense a b\n::1 localhost ip6\r\n"
      "fe80::1%eth0 zone\n192.0.2.1\n");
  const HostTable table = read_hosts(hosts);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.at("localhost").size(), 2U);
  EXPECT_EQ(to_short_text(table.at("ip6").front()), "::1");
}

TEST(HostsFile, TakesTheNameserverLinesOnly) {
  std::istringstream file(
      "; by hand\nsearch corp.example\nnameserver 192.0.2.53\noptions ndots:5\n"
      "nameserver 2001:db8::53 # second\nnameserver\nnameserver fe80::1%eth0\n");
  const auto servers = read_nameservers(file);
  ASSERT_EQ(servers.size(), 2U);
  EXPECT_EQ(to_short_text(servers[0]), "192.0.2.53");
  EXPECT_EQ(to_short_text(servers[1]), "2001:db8::53");
}

}  // namespace
}  // namespace tocsin::http
