#include "receiver/push_intake.h"

#include <string_view>
#include <utility>

#include "base/try.h"
#include "http/problem.h"
#include "jose/digest.h"

namespace tocsin::receiver {
namespace {

constexpr std::size_t body_max = 256 * 1024;  // octets of a SET (trust.md section 1)

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

Task<Result<http::Response>> take(Intake& intake, http::Request request) {
  const Intake::Verdict verdict = co_await intake.take(std::move(request.body));
  if (verdict.result) co_return accepted();
  if (verdict.retry_after > std::chrono::seconds::zero()) {
    co_return try_again(verdict.result.error(), verdict.retry_after);
  }
  co_return verdict.result.error();
}

}  // namespace

Result<http::Route> push_route(const std::string& name, std::string authorization_header,
                               Intake& intake) {
  if (name.empty()) return Error(Errc::config_invalid, "upstream without a name");
  if (authorization_header.empty()) {
    return Error(Errc::config_invalid, "upstream " + name + " has no authorization_header");
  }
  http::Route route;
  route.method = "POST";
  route.path = "/push/" + name;
  const auto upstream = [name, expected = std::move(authorization_header)](
                            const http::Request& request) -> Result<Caller> {
    const std::string* sent = request.headers.find("Authorization");
    if (sent == nullptr || !equal_in_constant_time(*sent, expected)) {
      return Errc::set_authentication;
    }
    return Caller{.key = {"upstream", name}, .scopes = {}};
  };
  route.access = http::Access::guarded("push credential", "Bearer", http::at_once(upstream));
  route.media_types = {"application/secevent+jwt"};
  route.body_max = body_max;
  route.face = http::Face::push;
  route.handler = [&intake](http::Request request) { return take(intake, std::move(request)); };
  return route;
}

Result<std::unique_ptr<PushIntake>> PushIntake::open(Upstream upstream, Parts parts,
                                                     Listener listener) {
  const auto missing = [&](std::string_view what) {
    return Error(Errc::config_invalid,
                 "upstream " + upstream.name + " has no " + std::string(what));
  };
  if (upstream.policy.iss.empty()) return missing("issuer");
  if (upstream.policy.aud.empty()) return missing("audience");
  const std::string name = upstream.name;
  std::string authorization_header = std::move(upstream.authorization_header);
  std::unique_ptr<PushIntake> push(new PushIntake(std::move(upstream), parts, std::move(listener)));
  TOCSIN_TRY(push->route_, push_route(name, std::move(authorization_header), push->intake_));
  return push;
}

}  // namespace tocsin::receiver
