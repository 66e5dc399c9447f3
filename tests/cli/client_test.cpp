// tocsin init, serve --check and client, on a folder that init made.
#include <gmock/gmock.h>

#include <filesystem>

#include "cli/program.h"
#include "tocsin/json.h"

namespace tocsin::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class Clients : public testing::Test {
 protected:
  void SetUp() override {
    const Answer made = place_.tocsin({"init", "--alg", "ES256", "signals"});
    ASSERT_EQ(made.exit, 0) << made.err;
  }

  Answer client(std::vector<std::string> words) const {
    words.insert(words.begin(), "client");
    words.insert(words.begin() + 2, {"--config", "signals/tocsin.toml"});
    return place_.tocsin(words);
  }
  Answer check() const {
    return place_.tocsin({"serve", "--check", "--config", "signals/tocsin.toml"});
  }
  bool has_file(const std::string& name) const {
    return std::filesystem::exists(place_.folder().path() + "/signals/clients/" + name);
  }

  Workplace place_;
};

TEST_F(Clients, OneIsAddedShownAndRemoved) {
  const Answer added = client(
      {"add", "--receiver", "--event", "caep:*", "--audience", "https://acme.example/ssf", "acme"});
  EXPECT_EQ(added.exit, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("Secret  "));
  EXPECT_EQ(check().exit, 0) << check().err;

  const Answer shown = client({"show", "acme"});
  EXPECT_THAT(shown.out, HasSubstr("Scopes    ssf.read ssf.manage\n"));
  EXPECT_THAT(shown.out, HasSubstr("Audience  https://acme.example/ssf\n"));
  EXPECT_THAT(shown.out, HasSubstr("Events    caep:*\n"));
  EXPECT_THAT(client({"list"}).out, HasSubstr("acme  ssf.read ssf.manage\n"));

  EXPECT_EQ(client({"remove", "acme"}).exit, 0);
  EXPECT_FALSE(has_file("acme.toml"));
  EXPECT_EQ(client({"show", "acme"}).exit, 3);
}

TEST_F(Clients, OneThatExistsIsLeftAlone) {
  EXPECT_EQ(client({"add", "--receiver", "receiver"}).exit, 3);
  EXPECT_THAT(client({"show", "receiver"}).out, HasSubstr("Secrets   1\n"));
}

TEST_F(Clients, ANameThatIsAPathIsRefused) {
  EXPECT_EQ(client({"add", "--receiver", "../acme"}).exit, 2);
  EXPECT_EQ(client({"add", "acme"}).exit, 2) << "neither receiver nor producer";
}

TEST_F(Clients, SEC_63_ASecretIsReplacedWithOverlapOrWithout) {
  EXPECT_EQ(client({"rotate-secret", "receiver"}).exit, 0);
  EXPECT_THAT(client({"show", "receiver"}).out, HasSubstr("Secrets   2\n"));
  EXPECT_EQ(client({"rotate-secret", "receiver"}).exit, 0);
  EXPECT_THAT(client({"show", "receiver"}).out, HasSubstr("Secrets   2\n"));
  const Answer last = client({"rotate-secret", "--drop-old", "--output", "json", "receiver"});
  EXPECT_EQ(last.exit, 0);
  EXPECT_THAT(client({"show", "receiver"}).out, HasSubstr("Secrets   1\n"));
  const Json answer = parse_json(last.out).value();
  const std::string secret = *answer.as_object()->find("client_secret")->as_string();
  EXPECT_THAT(place_.shell("cat signals/clients/receiver.toml").out, Not(HasSubstr(secret)));
  EXPECT_EQ(check().exit, 0);
}

TEST_F(Clients, SEC_33_APlainKeyFileIsRefusedUntilItIsSealedOrAllowed) {
  ASSERT_EQ(place_
                .shell("rm signals/secrets/signing-keys.json &&"
                       "tocsin key new --alg ES256 --out signals/secrets/signing-keys.json")
                .exit,
            0);
  const Answer refused = check();
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("run `tocsin key seal`"));
  EXPECT_EQ(place_
                .shell("TOCSIN_STORE__PLAIN_KEYS=true tocsin serve --check "
                       "--config signals/tocsin.toml")
                .exit,
            0);
  EXPECT_EQ(place_
                .shell("tocsin key seal --store-key file:signals/secrets/store-key "
                       "signals/secrets/signing-keys.json")
                .exit,
            0);
  EXPECT_EQ(check().exit, 0);
}

TEST_F(Clients, SEC_33_AKeyFileThatOthersCanReadIsRefused) {
  ASSERT_EQ(place_.shell("chmod 644 signals/secrets/signing-keys.json").exit, 0);
  const Answer answer = check();
  EXPECT_EQ(answer.exit, 2);
  EXPECT_THAT(answer.err, HasSubstr("mode is 0644"));
}

}  // namespace
}  // namespace tocsin::test
