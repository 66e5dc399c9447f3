#include "store/memory_inbox.h"

#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::store {
namespace {

using test::FailsWith;
using test::run;

InboxEntry entry(std::string iss, std::string jti) {
  return {.upstream = "partner", .iss = std::move(iss), .jti = std::move(jti), .compact = "a.b.c"};
}

TEST(MemoryInbox, SEC_29_AdmitsAPairOfIssuerAndJtiOnce) {
  loop::Loop loop;
  MemoryInbox inbox;
  EXPECT_EQ(run(loop, inbox.admit(entry("https://a", "1"))).value(), Admission::accepted);
  EXPECT_EQ(run(loop, inbox.admit(entry("https://a", "1"))).value(), Admission::repeated);
  EXPECT_EQ(run(loop, inbox.admit(entry("https://b", "1"))).value(), Admission::accepted);
  EXPECT_EQ(run(loop, inbox.admit(entry("https://a", "2"))).value(), Admission::accepted);
  EXPECT_EQ(inbox.entries().size(), 3U);
  EXPECT_TRUE(run(loop, inbox.has("https://b", "1")).value());
  EXPECT_FALSE(run(loop, inbox.has("https://b", "2")).value());
}

TEST(MemoryInbox, RefusesWhenFullAndStillKnowsWhatItTook) {
  loop::Loop loop;
  MemoryInbox inbox(1);
  EXPECT_EQ(run(loop, inbox.admit(entry("https://a", "1"))).value(), Admission::accepted);
  EXPECT_THAT(run(loop, inbox.admit(entry("https://a", "2"))), FailsWith(Errc::store_unavailable));
  EXPECT_EQ(run(loop, inbox.admit(entry("https://a", "1"))).value(), Admission::repeated);
  EXPECT_FALSE(run(loop, inbox.has("https://a", "2")).value());
}

}  // namespace
}  // namespace tocsin::store
