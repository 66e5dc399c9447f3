#include "transmitter/outgoing_set.h"

#include <gmock/gmock.h>

#include "support/matchers.h"
#include "support/memory_streams.h"
#include "support/run.h"
#include "transmitter/signer.h"
#include "transmitter/tenant.h"

namespace tocsin::transmitter {
namespace {

using test::FailsWith;
using test::run;

class OutgoingSetTest : public ::testing::Test {
 protected:
  static Result<VerifiedSet> verify_set(const std::string& compact, const SigningKey& key) {
    SetPolicy policy;
    policy.iss = "https://tr.example.com";
    policy.aud = {"https://rc.example.com"};
    return verify(compact, KeySet::of({key}), policy,
                  std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000)));
  }

  store::PendingSet pending(std::int64_t number, std::string who) {
    store::PendingSet set;
    set.stream_id = "s1";
    set.number = number;
    set.jti = "jti-" + std::to_string(number);
    set.iat = std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000));
    set.txn = "txn-1";
    set.subject = email_subject(std::move(who));
    set.event = caep::SessionRevoked{};
    return set;
  }

  Result<std::string> compact_of(const store::PendingSet& set) {
    return run(loop_, sets_.compact_of(*tenant_, stream_, set));
  }

  loop::Loop loop_;
  SigningKey key_ = SigningKey::generate(Algorithm::ES256).value();
  loop::ThreadWorkers workers_{{.threads = 2}};
  Signer signer_{key_, workers_};
  std::unique_ptr<Tenant> tenant_ =
      Tenant::open({.issuer = "https://tr.example.com"}, signer_).value();
  test::MemoryStreams store_;
  OutgoingSets sets_{store_};
  store::StreamRecord stream_ = [] {
    store::StreamRecord stream;
    stream.config.stream_id = "s1";
    stream.config.iss = "https://tr.example.com";
    stream.config.aud = {"https://rc.example.com"};
    return stream;
  }();
};

// Covers: PUSH-2-07.
TEST_F(OutgoingSetTest, SEC_36_CarriesTheStreamsIssuerAndAudience) {
  const auto set = verify_set(compact_of(pending(1, "a@example.com")).value(), key_);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ((*set)->jti, "jti-1");
  EXPECT_EQ((*set)->txn, "txn-1");
  EXPECT_EQ((*set)->iat.time_since_epoch().count(), 1'795'000'000);
}

TEST_F(OutgoingSetTest, SSF_4_1_9_01_HasATxnAlsoWhereTheLedgerHasNone) {
  store::PendingSet set = pending(1, "a@example.com");
  set.txn.clear();
  EXPECT_EQ(claims_of(stream_, set).txn, "jti-1");
}

TEST_F(OutgoingSetTest, REL_04_IsKeptBeforeItLeavesAndSentAgainAsItWas) {
  store::PendingSet set = pending(1, "a@example.com");
  const std::string compact = compact_of(set).value();
  ASSERT_EQ(store_.kept.size(), 1U);
  EXPECT_EQ(store_.kept[0].compact, compact);
  EXPECT_EQ(store_.kept[0].kid, key_.kid());
  set.compact = compact;
  set.kid = key_.kid();
  EXPECT_EQ(compact_of(set).value(), compact);
  EXPECT_EQ(store_.kept.size(), 1U);
}

TEST_F(OutgoingSetTest, REL_04_DoesNotLeaveWhenItCannotBeKept) {
  store_.fail_with = Errc::store_full;
  EXPECT_THAT(compact_of(pending(1, "a@example.com")), FailsWith(Errc::store_full));
}

//
TEST_F(OutgoingSetTest, REL_22_IsSignedAgainOnlyWhenItsKeyIsNoLongerPublished) {
  store::PendingSet set = pending(1, "a@example.com");
  set.compact = compact_of(set).value();
  set.kid = key_.kid();
  const SigningKey next = SigningKey::generate(Algorithm::ES256).value();
  signer_.replace_keys(next, KeySet::of({key_, next}));
  EXPECT_EQ(compact_of(set).value(), set.compact);
  signer_.replace_keys(next, KeySet::of({next}));
  EXPECT_TRUE(verify_set(compact_of(set).value(), next));
}

TEST_F(OutgoingSetTest, SEC_34_DoesNotLeaveWithoutAKey) {
  signer_.replace_keys(std::nullopt, KeySet());
  EXPECT_THAT(compact_of(pending(1, "a@example.com")), FailsWith(Errc::jose_key_unavailable));
  EXPECT_THAT(run(loop_, sets_.compact_of_all(*tenant_, stream_, {pending(1, "a@example.com")})),
              FailsWith(Errc::jose_key_unavailable));
  EXPECT_TRUE(store_.kept.empty());
}

TEST_F(OutgoingSetTest, SeveralAreMintedTogetherAndStayInOrder) {
  std::vector<store::PendingSet> pendings;
  for (int i = 0; i < 50; ++i) pendings.push_back(pending(i, "a@example.com"));
  pendings[7].compact = "kept.already.x";
  pendings[7].kid = key_.kid();
  pendings[9].subject = email_subject("");
  const auto all = run(loop_, sets_.compact_of_all(*tenant_, stream_, pendings)).value();
  ASSERT_EQ(all.size(), pendings.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == 7 || i == 9) continue;
    const auto set = verify_set(all[i].value(), key_);
    ASSERT_TRUE(set) << set.error().to_string();
    EXPECT_EQ((*set)->jti, pendings[i].jti);
  }
  EXPECT_EQ(all[7].value(), "kept.already.x");
  EXPECT_THAT(all[9], FailsWith(Errc::subject_value));
  EXPECT_EQ(store_.kept.size(), 48U);
}

TEST(ReceiverPolicy, SEC_14_NarrowsTypesAndSubjects) {
  ReceiverPolicy policy;
  const Event revoked = caep::SessionRevoked{};
  const Subject somebody = email_subject("a@example.com");
  EXPECT_TRUE(may_have(policy, revoked, somebody));
  policy.event_types = std::vector<std::string>{"https://example.com/other"};
  EXPECT_FALSE(may_have(policy, revoked, somebody));
  EXPECT_EQ(types_for(policy, {std::string(type_of(revoked)), "https://example.com/other"}),
            policy.event_types);
  policy.event_types.reset();
  policy.subjects = SubjectScope::none;
  EXPECT_FALSE(may_have(policy, revoked, somebody));
  EXPECT_TRUE(may_have(policy, ssf::Verification{}, opaque_subject("s1")));
}

//
TEST(ReceiverPolicy, SEC_15_ATenantIsNotWidenedByWildcards) {
  const auto complex = [](std::vector<std::pair<std::string, std::string>> members) {
    ComplexSubject subject;
    for (auto& [name, id] : members) {
      subject.members.push_back({name, SubjectIdentifier(OpaqueSubject{.id = id, .extra = {}})});
    }
    return Subject(subject);
  };
  ReceiverPolicy policy;
  policy.subjects = SubjectScope::listed;
  policy.subjects_listed = {complex({{"tenant", "t1"}})};
  const Event revoked = caep::SessionRevoked{};
  EXPECT_TRUE(may_have(policy, revoked, complex({{"tenant", "t1"}, {"device", "d"}})));
  EXPECT_FALSE(may_have(policy, revoked, complex({{"tenant", "t2"}, {"device", "d"}})));
  EXPECT_FALSE(may_have(policy, revoked, complex({{"device", "d"}})));
  EXPECT_FALSE(may_have(policy, revoked, email_subject("a@example.com")));
}

}  // namespace
}  // namespace tocsin::transmitter
