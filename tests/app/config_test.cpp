// A configuration: what it may say, and what is said about one that is wrong.
#include "app/config.h"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/config_file.h"
#include "app/config_keys.h"
#include "support/temporary_folder.h"

namespace tocsin::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string minimal = R"([server]
listen = "127.0.0.1:0"
public_url = "https://signals.example.com"
[store]
key = "file:store-key"
[oauth]
issuer = "https://idp.example.com"
[transmitter]
signing.keys = "file:signing.json"
)";

ConfigAnswer read(const std::string& text, const Environment& environment = {}) {
  return read_config({"/etc/tocsin/tocsin.toml", text}, {}, environment);
}

// Every finding, one a line, without the folder.
std::string findings_of(const ConfigAnswer& answer) {
  std::string text;
  for (const ConfigFinding& finding : answer.findings) {
    std::string line = finding.to_text();
    if (line.starts_with("/etc/tocsin/")) line = line.substr(12);
    text += line + '\n';
  }
  return text;
}

std::string findings_in(const std::string& text) {
  return findings_of(read(text));
}

TEST(Config, TheLeastOfThemIsComplete) {
  const ConfigAnswer answer = read(minimal);
  ASSERT_TRUE(answer.config) << findings_of(answer);
  EXPECT_EQ(answer.config->transmitter.issuer, "https://signals.example.com");
  EXPECT_EQ(answer.config->transmitter.signing_keys.path, "/etc/tocsin/signing.json");
  EXPECT_THAT(answer.config->oauth.audience, ElementsAre("https://signals.example.com"));
  EXPECT_EQ(answer.config->admin.listen.to_text(), "127.0.0.1:8444");
  EXPECT_TRUE(answer.config->admin.token.empty()) << "SEC-07: no default credential";
}

TEST(Config, AMisspeltKeyIsNamedWithItsPlaceAndItsNearestNeighbour) {
  EXPECT_EQ(findings_in(minimal + "signing.algoritm = \"ES256\"\n"),
            "tocsin.toml:10:9: unknown key \"algoritm\" in [transmitter]; did you mean "
            "\"algorithm\"?\n");
  EXPECT_EQ(findings_in("[sever]\n" + minimal),
            "tocsin.toml:1:2: unknown table or key \"sever\"; did you mean \"server\"?\n");
  EXPECT_EQ(findings_in(minimal + "[[transmitter.reciever]]\nclient_id = \"a\"\n"),
            "tocsin.toml:10:15: unknown key \"reciever\" in [transmitter]; did you mean "
            "\"receiver\"?\n");
  EXPECT_EQ(findings_in(minimal + "frobnicate = 1\n"),
            "tocsin.toml:10:1: unknown key \"frobnicate\" in [transmitter]\n");
}

TEST(Config, EveryFindingIsReportedNotOnlyTheFirst) {
  EXPECT_EQ(findings_in(R"([server]
listen = "everywhere"
connections_max = -1
tls = { certificate = "cert.pem" }

[admin]
listen = 8444

[oauth]
embedded = "yes"
token_lifetime = "2h"

[transmitter]
default_subjects = "all"
events = ["caep:*", "caep:session-revokd"]
)"),
            "tocsin.toml:2:10: listen: expected an address and a port such as \"127.0.0.1:8443\"\n"
            "tocsin.toml:3:19: connections_max: expected at least 0\n"
            "tocsin.toml:4:23: tls.certificate: expected a reference such as \"file:cert.pem\"\n"
            "tocsin.toml:7:10: listen: expected an address and a port such as \"127.0.0.1:8443\"\n"
            "tocsin.toml:10:12: embedded: expected true or false\n"
            "tocsin.toml:11:18: token_lifetime: expected 1s to 1h\n"
            "tocsin.toml:14:20: default_subjects: expected ALL or NONE\n"
            "tocsin.toml:15:10: events: entry 1 expected an event type: caep:*, "
            "risc:account-disabled, or a URI\n");
}

TEST(Config, KeysAreJudgedTogether) {
  EXPECT_EQ(findings_in(R"([server]
listen = "0.0.0.0:8443"
public_url = "https://signals.example.com"

[transmitter]
push = false
poll = false

[[transmitter.receiver]]
client_id = "acme"
issuer = "https://other.example.com"
subjects = "listed"
)"),
            "tocsin.toml:1:1: listen: 0.0.0.0:8443 is not loopback, so [server] needs "
            "tls.certificate and tls.key, or trusted_proxies that end TLS\n"
            "[store] needs key: 32 random octets as base64url, in a file of mode 0600\n"
            "nobody could call: [oauth] needs embedded, issuer or introspection, or "
            "[[oauth.token]]\n"
            "tocsin.toml:5:1: [transmitter] needs signing.keys\n"
            "tocsin.toml:5:1: [transmitter] offers neither push nor poll\n"
            "tocsin.toml:9:1: issuer https://other.example.com is none of ours: not in "
            "[transmitter] and in no [[transmitter.tenant]]\n"
            "tocsin.toml:9:1: subjects = \"listed\" and subjects_listed come together\n");
}

TEST(Config, REL_09_WhatWaitsOutlivesTheTimeItIsTried) {
  EXPECT_EQ(findings_in(minimal + R"(
[delivery]
retry_first = "5m"
retry_last = "1m"
give_up = "7d"
)"),
            "tocsin.toml:11:1: retry_first is longer than retry_last\n"
            "tocsin.toml:11:1: give_up must be shorter than pending_retention of [store]: what "
            "waits would expire before its stream is paused\n");
}

TEST(Config, ASecretIsAReferenceAndIsNeverRepeated) {
  const std::string text = findings_in("[admin]\ntoken = \"hunter2hunter2\"\n" + minimal);
  EXPECT_EQ(
      text,
      "tocsin.toml:2:9: token: expected a reference, \"file:PATH\" or \"env:NAME\", never the "
      "secret itself\n");
}

TEST(Config, TheEnvironmentOverridesTheFile) {
  const ConfigAnswer answer = read(minimal, {{"TOCSIN_SERVER__LISTEN", "127.0.0.1:9000"},
                                             {"TOCSIN_TRANSMITTER__SIGNING__ALGORITHM", "ES256"},
                                             {"TOCSIN_TRANSMITTER__STREAMS_MAX", "3"},
                                             {"TOCSIN_TRANSMITTER__EVENTS", "[\"risc:*\"]"},
                                             {"TOCSIN_NOTHING", "of ours"}});
  ASSERT_TRUE(answer.config) << findings_of(answer);
  EXPECT_EQ(answer.config->server.listen.port, 9000);
  EXPECT_EQ(answer.config->transmitter.signing_algorithm, "ES256");
  EXPECT_EQ(answer.config->transmitter.streams_max, 3U);
  EXPECT_THAT(answer.config->transmitter.events, ElementsAre("risc:*"));
}

TEST(Config, AMisspeltVariableIsAnError) {
  EXPECT_EQ(findings_of(read(minimal, {{"TOCSIN_SERVER__LITSEN", "127.0.0.1:9000"}})),
            "unknown variable \"TOCSIN_SERVER__LITSEN\"; did you mean "
            "\"TOCSIN_SERVER__LISTEN\"?\n");
  EXPECT_EQ(findings_of(read(minimal, {{"TOCSIN_TRANSMITTER__STREAMS_MAX", "many"}})),
            "TOCSIN_TRANSMITTER__STREAMS_MAX: is not a value as TOML has them\n");
}

TEST(Config, BrokenTomlIsNamedWithItsPlace) {
  EXPECT_THAT(findings_in("[server]\nlisten = \n"), HasSubstr("tocsin.toml:2:"));
  EXPECT_THAT(findings_in(minimal + "signing.keys = \"file:other.json\"\n"),
              HasSubstr("tocsin.toml:10:"))
      << "a key that comes twice";
  EXPECT_THAT(findings_in("[server]\n[\n"), HasSubstr("tocsin.toml:2:")) << "no name in a header";
}

TEST(Config, IncludedFilesHoldRepeatedTablesOnly) {
  const ConfigText main{"/etc/tocsin/tocsin.toml", minimal};
  const ConfigText acme{"/etc/tocsin/clients/acme.toml",
                        "[[transmitter.receiver]]\nclient_id = \"acme\"\n"};
  const ConfigAnswer answer = read_config(main, {acme}, {});
  ASSERT_TRUE(answer.config) << findings_of(answer);
  ASSERT_EQ(answer.config->receivers.size(), 1U);
  EXPECT_EQ(answer.config->receivers[0].place.file, acme.file);
  EXPECT_EQ(answer.config->receivers[0].token_issuer, "https://idp.example.com");

  const ConfigText other{"/etc/tocsin/clients/b.toml", "[transmitter]\npush = false\n"};
  EXPECT_EQ(findings_of(read_config(main, {other}, {})),
            "clients/b.toml:2:1: an included file holds [[...]] tables only\n");
}

TEST(Config, TheFolderNamedByIncludeIsRead) {
  const tocsin::test::TemporaryFolder folder;
  const std::string file = folder.write("tocsin.toml", "include = \"clients\"\n" + minimal);
  std::filesystem::create_directory(folder.path() + "/clients");
  folder.write("clients/a.toml", "[[transmitter.producer]]\nclient_id = \"hr\"\n");
  folder.write("clients/notes.txt", "not toml");
  const ConfigAnswer answer = load_config(file);
  ASSERT_TRUE(answer.config) << findings_of(answer);
  ASSERT_EQ(answer.config->producers.size(), 1U);
  EXPECT_EQ(answer.config->producers[0].client_id, "hr");
}

TEST(Config, AFileThatIsNotThereIsNamed) {
  const ConfigAnswer answer = load_config("/nowhere/tocsin.toml");
  EXPECT_FALSE(answer.config);
  EXPECT_THAT(findings_of(answer), HasSubstr("/nowhere/tocsin.toml"));
}

TEST(Config, EveryDefaultIsAValueThatItsKeyTakes) {
  for (const ConfigTable& table : config_tables()) {
    Config config;
    void* section = table.section(config);
    const std::string path(table.path);
    for (const ConfigKey& key : table.keys) {
      EXPECT_FALSE(key.about.empty()) << table.path << '.' << key.name;
      const std::string value = to_text(key.target(section));
      if (value == "\"\"" || value == "[]") continue;
      const std::string text = (table.repeated ? "[[" + path + "]]" : '[' + path + ']') + '\n' +
                               std::string(key.name) + " = " + value + '\n';
      for (const ConfigFinding& finding : read(text).findings) {
        EXPECT_THAT(finding.text, testing::Not(HasSubstr("expected"))) << text;
      }
    }
  }
}

TEST(Config, ThePageOfKeysIsTheOneInTheTree) {
  std::ifstream file(TOCSIN_CONFIGURATION_PAGE, std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(page, configuration_reference())
      << "write it again: tocsin serve --reference > docs/configuration.md";
}

TEST(ReadSecret, SEC_33_TakesAFileThatOthersCannotReadOrAVariable) {
  const tocsin::test::TemporaryFolder folder;
  const std::string file = folder.write("token", "from-a-file\n");
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const auto open = read_secret({.file = file, .variable = {}});
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().code, Errc::file_mode);
  ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
  EXPECT_EQ(read_secret({.file = file, .variable = {}}).value(), "from-a-file");

  const auto missing = read_secret({.file = {}, .variable = "TOCSIN_TEST_NO_SUCH_SECRET"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::config_invalid);
}

TEST(Span, IsANumberAndAUnit) {
  EXPECT_EQ(parse_span("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(parse_span("72h"), std::chrono::hours(72));
  EXPECT_EQ(parse_span("7d"), std::chrono::hours(168));
  for (const char* wrong : {"", "5", "5 s", "-5s", "s", "5w", "99999999999999999999s", "1e3s"}) {
    EXPECT_EQ(parse_span(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(to_text(std::chrono::milliseconds(60'000)), "1m");
  EXPECT_EQ(to_text(std::chrono::milliseconds(90'000)), "90s");
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  EXPECT_EQ(parse_listen_address("[::1]:8444")->to_text(), "[::1]:8444");
  EXPECT_TRUE(parse_listen_address("[::1]:8444")->is_loopback());
  EXPECT_TRUE(parse_listen_address("127.9.9.9:0")->is_loopback());
  EXPECT_FALSE(parse_listen_address("0.0.0.0:443")->is_loopback());
  for (const char* wrong : {"8443", ":8443", "localhost:1", "::1:1", "1.2.3.4:65536", "1.2.3.4:"}) {
    EXPECT_FALSE(parse_listen_address(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace tocsin::app
