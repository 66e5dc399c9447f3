// tocsin key new, list, export
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "app/file.h"
#include "cli/program.h"
#include "tocsin/keys.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view ed25519_pem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEICs3YxMJuoSNj0XLNcNkHyPvnGIQpUlPyhFMPC+UhG3y
-----END PRIVATE KEY-----
)";

Json json_of(const std::string& text) {
  const auto json = parse_json(text.substr(0, text.find_last_not_of('\n') + 1));
  EXPECT_TRUE(json) << text;
  return json ? *json : Json();
}

TEST(KeyNew, MakesAnRsaKeyUnlessTold) {
  const Workplace place;
  const Answer made = place.tocsin({"key", "new", "--out", "signing.json"});
  EXPECT_EQ(made.exit, 0);
  EXPECT_THAT(made.out, StartsWith("signing.json: RS256 key "));
  EXPECT_EQ(made.err, "");
  EXPECT_THAT(place.tocsin({"key", "list", "signing.json"}).out, HasSubstr("RS256  RSA 2048  20"));
}

TEST(KeyNew, SEC_33_WritesForItsOwnerAlone) {
  const Workplace place;
  ASSERT_EQ(place.shell("umask 0; tocsin key new --alg ES256 --out k.json").exit, 0);
  struct stat status{};
  ASSERT_EQ(::stat(place.folder().file("k.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

TEST(KeyNew, NeverOverwrites) {
  const Workplace place;
  place.folder().write("k.json", "precious");
  const Answer answer = place.tocsin({"key", "new", "--alg", "ES256", "--out", "k.json"});
  EXPECT_EQ(answer.exit, 2);
  EXPECT_EQ(answer.err, "error: k.json: File exists\n");
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(app::read_file(place.folder().file("k.json"), 100).value(), "precious");
}

TEST(KeyNew, SaysWhatItMadeAsJsonWithoutTheSecret) {
  const Workplace place;
  const Answer answer = place.tocsin(
      {"key", "new", "--alg", "EdDSA", "--kid", "2026-a", "--out", "k.json", "--output", "json"});
  EXPECT_EQ(answer.exit, 0);
  const Json json = json_of(answer.out);
  const JsonObject& made = *json.as_object();
  EXPECT_EQ(*made.find("file"), Json("k.json"));
  EXPECT_EQ(*made.find("kid"), Json("2026-a"));
  EXPECT_EQ(*made.find("alg"), Json("EdDSA"));
  EXPECT_EQ(made.find("public")->as_object()->find("d"), nullptr);
}

TEST(KeyNew, RefusesWeakAndUnknownKeys) {
  const Workplace place;
  const auto err_of = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"key", "new", "--out", "k.json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Answer answer = place.tocsin(arguments);
    EXPECT_EQ(answer.exit, 2);
    return answer.err;
  };
  EXPECT_EQ(err_of({"--bits", "1024"}), "error: --bits: 2048 to 8192\n");
  EXPECT_EQ(err_of({"--alg", "HS256"}),
            "error: --alg HS256: one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
            "EdDSA\n");
  EXPECT_EQ(err_of({"--kid", std::string(257, 'k')}), "error: --kid: longer than 256 bytes\n");
  EXPECT_EQ(place.shell("ls").out, "");
}

TEST(KeyNew, LeavesNothingBehindWhenTheFolderIsMissing) {
  const Workplace place;
  const Answer answer = place.tocsin({"key", "new", "--alg", "ES256", "--out", "no/k.json"});
  EXPECT_EQ(answer.exit, 2);
  EXPECT_EQ(answer.err, "error: no/k.json: No such file or directory\n");
}

TEST(KeyList, ShowsEveryKeyAndNoSecret) {
  const Workplace place;
  place.folder().write("k.pem", ed25519_pem);
  EXPECT_EQ(place.tocsin({"key", "list", "k.pem"}).out,
            "KID                                          ALG    SIZE     CREATED\n"
            "RQYerTAbV9Frl5ycR3lJdGB3FwOI0nqBNUh6dc_rsVs  EdDSA  Ed25519  -\n");
  EXPECT_EQ(place.tocsin({"key", "list", "k.pem", "--output", "json"}).out,
            R"([{"kid":"RQYerTAbV9Frl5ycR3lJdGB3FwOI0nqBNUh6dc_rsVs","alg":"EdDSA",)"
            R"("size":"Ed25519"}])"
            "\n");
}

TEST(KeyList, SEC_33_RefusesAFileThatOthersCanRead) {
  const Workplace place;
  place.folder().write("k.pem", ed25519_pem, 0644);
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"key", "list", "k.pem"},
        std::vector<std::string>{"key", "export", "k.pem"},
        std::vector<std::string>{"set", "mint", "--key", "k.pem", "{}"}}) {
    const Answer answer = place.tocsin(verb);
    EXPECT_EQ(answer.exit, 2);
    EXPECT_EQ(answer.err, "error: k.pem: mode is 0644; run chmod 600\n");
    EXPECT_EQ(answer.out, "");
  }
}

TEST(KeyList, SEC_58_ShowsAKidThatObeysNoTerminal) {
  const Workplace place;
  ASSERT_EQ(
      place.tocsin({"key", "new", "--alg", "ES256", "--kid", "a\x1b[2J\nb", "--out", "k.json"})
          .exit,
      0);
  const Answer answer = place.tocsin({"key", "list", "k.json"});
  EXPECT_EQ(answer.exit, 0);
  EXPECT_THAT(answer.out, HasSubstr("a\\x1b[2J\\x0ab  ES256"));
}

TEST(KeySeal, SEC_33_ASealedFileIsReadWithTheStoreKeyAlone) {
  const Workplace place;
  place.folder().write("store-key", std::string(43, 'A') + "\n");
  place.folder().write("other-key", std::string(42, 'A') + "E\n");
  const std::vector<std::string> made = {"key", "new",         "--alg",          "ES256", "--kid",
                                         "a",   "--store-key", "file:store-key", "--out", "k"};
  ASSERT_EQ(place.tocsin(made).exit, 0);
  EXPECT_EQ(place.tocsin({"key", "list", "k"}).err,
            "error: k: it is sealed; name the key with --store-key\n");
  EXPECT_EQ(place.tocsin({"key", "list", "--store-key", "file:other-key", "k"}).err,
            "error: k: the store key does not open it\n");
  EXPECT_EQ(place.tocsin({"key", "list", "--store-key", "AAAA", "k"}).err,
            "error: --store-key: file:PATH or env:NAME, never the secret itself\n");
  const Call call{.environment = {{"STORE_KEY", std::string(43, 'A')}}};
  EXPECT_EQ(
      place.tocsin({"key", "rotate", "--kid", "b", "--store-key", "env:STORE_KEY", "k"}, call).exit,
      0);
  EXPECT_EQ(place.tocsin({"key", "retire", "--store-key", "env:STORE_KEY", "k", "a"}, call).exit,
            0);
  const Answer listed = place.tocsin({"key", "list", "--store-key", "file:store-key", "k"});
  EXPECT_THAT(listed.out, HasSubstr("\nb    ES256"));
  EXPECT_EQ(place.tocsin({"key", "export", "--store-key", "file:store-key", "k"}).exit, 0);
}

TEST(KeyExport, SEC_35_GivesThePublicHalfAlone) {
  const Workplace place;
  place.folder().write("k.pem", ed25519_pem);
  const Answer jwks = place.tocsin({"key", "export", "k.pem"});
  EXPECT_EQ(jwks.exit, 0);
  const Json document = json_of(jwks.out);
  const JsonObject& jwk = *document.as_object()->find("keys")->as_array()->front().as_object();
  EXPECT_EQ(jwk.find("d"), nullptr);
  EXPECT_EQ(*jwk.find("kty"), Json("OKP"));
  EXPECT_EQ(KeySet::from_json(document).value().size(), 1U);

  const Answer pem = place.tocsin({"key", "export", "--format", "pem", "k.pem"});
  EXPECT_EQ(pem.exit, 0);
  EXPECT_THAT(pem.out, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_THAT(pem.out, Not(HasSubstr("PRIVATE")));
}

TEST(KeyExport, PicksAKeyByItsKid) {
  const Workplace place;
  ASSERT_EQ(place.tocsin({"key", "new", "--alg", "ES256", "--kid", "-a", "--out", "k.json"}).exit,
            0);
  EXPECT_EQ(place.tocsin({"key", "export", "--kid", "-a", "k.json"}).exit, 0);
  const Answer other = place.tocsin({"key", "export", "--kid", "b", "k.json"});
  EXPECT_EQ(other.exit, 2);
  EXPECT_EQ(other.err, "error: no key has this kid; there are: -a\n");
}

}  // namespace
}  // namespace tocsin::test
