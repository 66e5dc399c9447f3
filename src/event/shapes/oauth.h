#pragma once

#include "event/judge.h"
#include "event/rule.h"
#include "event/shape.h"
#include "tocsin/events/oauth.h"

namespace tocsin {

inline constexpr SubjectRule oauth_subject{SubjectRule::Kind::own, "OAuth Event Types 1.0"};

// A subject that calls itself a token names it.
void judge_token_subject(Judge& judge, const JsonObject& subject);

template <>
struct Shape<oauth::TokenIssued> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/token-issued";
  static constexpr SubjectRule subject = oauth_subject;
  static void members(auto& io, auto& event) {
    io.section("OAuth Event Types 1.0");
    io.required("subject", event.subject, filled);
    io.optional("token_subject", event.token_subject, anything);
  }
  static void judge(Judge& judge, const oauth::TokenIssued& event) {
    judge_token_subject(judge, event.subject);
  }
};

template <>
struct Shape<oauth::TokenRevoked> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/token-revoked";
  static constexpr SubjectRule subject = oauth_subject;
  static void members(auto& io, auto& event) {
    io.section("OAuth Event Types 1.0");
    io.required("subject", event.subject, filled);
    io.optional("token_subject", event.token_subject, anything);
    io.optional("reason", event.reason, filled);
  }
  static void judge(Judge& judge, const oauth::TokenRevoked& event) {
    judge_token_subject(judge, event.subject);
  }
};

template <>
struct Shape<oauth::TokensRevoked> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/tokens-revoked";
  static constexpr SubjectRule subject = oauth_subject;
  static void members(auto& io, auto& event) {
    io.section("OAuth Event Types 1.0");
    io.optional("subject", event.subject, anything);
    io.optional("reason", event.reason, filled);
  }
};

template <>
struct Shape<oauth::ClientDisabled> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/client-disabled";
  static constexpr SubjectRule subject = oauth_subject;
};

template <>
struct Shape<oauth::ClientEnabled> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/client-enabled";
  static constexpr SubjectRule subject = oauth_subject;
};

template <>
struct Shape<oauth::ClientCredentialChanged> : NoMembers {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/oauth/event-type/client-credential-changed";
  static constexpr SubjectRule subject = oauth_subject;
};

}  // namespace tocsin
