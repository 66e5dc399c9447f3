#include "receiver/push_intake.h"

#include <optional>
#include <utility>
#include <variant>

#include "http/problem.h"
#include "jose/digest.h"
#include "jose/jws.h"

namespace tocsin::receiver {
namespace {

constexpr std::size_t body_max = 256 * 1024;  // bytes of a SET (trust.md section 1)

http::Response accepted() {
  http::Response response;
  response.status = 202;
  return response;
}

http::Response try_again(const Error& error, std::chrono::seconds retry_after) {
  http::Response response = http::to_response(error, http::Face::push);
  response.headers.erase("Retry-After");
  response.headers.add("Retry-After", std::to_string(retry_after.count()));
  return response;
}

// The kid of a token nobody verified: good for asking whether we know it, and for nothing else.
std::optional<std::string> peek_kid(std::string_view compact, const SetPolicy& policy) {
  std::string inner;
  if (jose::is_jwe_shaped(compact)) {
    Result<std::string> plain = policy.decryption.decrypt(compact);
    if (!plain) return std::nullopt;
    inner = std::move(*plain);
    compact = inner;
  }
  const Result<jose::Jws> jws = jose::read_jws(compact, {.algorithms = policy.algorithms});
  if (!jws || !jws->kid) return std::nullopt;
  return std::string(*jws->kid);
}

const std::string* state_of(const VerifiedSet& set) {
  const auto* verification = std::get_if<ssf::Verification>(&set->event);
  return verification != nullptr && verification->state ? &*verification->state : nullptr;
}

}  // namespace

Result<std::unique_ptr<PushIntake>> PushIntake::open(Upstream upstream, Parts parts,
                                                     Listener listener) {
  if (upstream.name.empty()) return Error(Errc::config_invalid, "upstream without a name");
  const auto missing = [&](std::string_view what) {
    return Error(Errc::config_invalid,
                 "upstream " + upstream.name + " has no " + std::string(what));
  };
  if (upstream.authorization_header.empty()) return missing("authorization_header");
  if (upstream.policy.iss.empty()) return missing("issuer");
  if (upstream.policy.aud.empty()) return missing("audience");
  return std::unique_ptr<PushIntake>(
      new PushIntake(std::move(upstream), parts, std::move(listener)));
}

http::Route PushIntake::route() {
  const auto upstream = [this](const http::Request& request) -> Result<Caller> {
    const std::string* sent = request.headers.find("Authorization");
    const std::string& expected = upstream_.authorization_header;
    if (sent == nullptr || !equal_in_constant_time(*sent, expected)) {
      return Errc::set_authentication;
    }
    return Caller{.key = {"upstream", upstream_.name}, .scopes = {}};
  };
  http::Route route;
  route.method = "POST";
  route.path = "/push/" + upstream_.name;
  route.access = http::Access::guarded("push credential", "Bearer", http::at_once(upstream));
  route.media_types = {"application/secevent+jwt"};
  route.body_max = body_max;
  route.face = http::Face::push;
  route.handler = [this](http::Request request) { return take(std::move(request)); };
  return route;
}

Task<Result<http::Response>> PushIntake::take(http::Request request) {
  Checked checked = co_await check(request.body);
  if (!checked.set) {
    const Error& error = checked.set.error();
    // Acknowledged and discarded: a critical member is no defect of the SET (SSF 3.6).
    if (error.code == Errc::subject_critical) co_return accepted();
    if (error.code == Errc::jose_key_unavailable) {
      co_return try_again(error, checked.retry_after);
    }
    co_return error;
  }
  co_return co_await admit(std::move(*checked.set), std::move(request.body));
}

// The text is the caller's, who waits.
Task<PushIntake::Checked> PushIntake::check(std::string_view compact) {
  std::optional<VerifiedSet> set;
  const issuer::VerifyAttempt attempt{.verify = [&](const KeySet& keys) -> Result<void> {
                                        Result<VerifiedSet> verified =
                                            verify(compact, keys, upstream_.policy,
                                                   parts_.clock.wall_seconds());
                                        if (!verified) return std::move(verified).error();
                                        set = std::move(*verified);
                                        return {};
                                      },
                                      .kid = [&] { return peek_kid(compact, upstream_.policy); }};
  issuer::VerifyOutcome outcome =
      co_await issuer::verify_with_newest(parts_.keys, parts_.clock, attempt);
  if (!outcome.verdict) co_return Checked{outcome.verdict.error(), outcome.retry_after};
  co_return Checked{std::move(*set)};
}

// A repeated SET gets the first answer again (VO-01): when its state is used up, the first copy is
// in the inbox.
Task<Result<http::Response>> PushIntake::admit(VerifiedSet set, std::string compact) {
  const std::string* state = state_of(set);
  if (state != nullptr && !states_.contains(*state)) {
    std::string iss = set->iss;
    std::string jti = set->jti;
    const Result<bool> seen = co_await parts_.inbox.has(std::move(iss), std::move(jti));
    if (!seen) co_return seen.error();
    if (!*seen) co_return Errc::event_state;
    co_return accepted();
  }
  store::InboxEntry entry;
  entry.upstream = upstream_.name;
  entry.iss = set->iss;
  entry.jti = set->jti;
  entry.compact = std::move(compact);
  entry.received_at = parts_.clock.wall();
  const auto received_at = entry.received_at;
  const Result<store::Admission> admission = co_await parts_.inbox.admit(std::move(entry));
  if (!admission) co_return admission.error();
  if (*admission == store::Admission::accepted) {
    if (state != nullptr) states_.erase(*state);
    if (listener_) listener_(set, received_at);
  }
  co_return accepted();
}

}  // namespace tocsin::receiver
